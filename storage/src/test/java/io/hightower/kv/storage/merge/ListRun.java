package io.hightower.kv.storage.merge;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A run in lists: what a memtable is to a merge. */
final class ListRun {
    private final NavigableMap<Bytes, List<StoredVersion>> versions = new TreeMap<>();

    /** Puts a version in front of the others of its key. */
    void add(Bytes key, StoredVersion newest) {
        versions.computeIfAbsent(key, absent -> new ArrayList<>()).add(0, newest);
    }

    NavigableMap<Bytes, List<StoredVersion>> versions() {
        return versions;
    }

    boolean isEmpty() {
        return versions.isEmpty();
    }

    Cursor cursor() {
        return new Cursor(versions);
    }

    static StoredVersion value(String value, long main, int sub) {
        return new StoredVersion(VersionKind.VALUE, Bytes.utf8(value), main, sub, main, 1, main);
    }

    static StoredVersion tombstone(long main, int sub) {
        return new StoredVersion(VersionKind.TOMBSTONE, Bytes.EMPTY, main, sub, 0, 0, main);
    }

    static StoredVersion erased(long main, int sub) {
        return new StoredVersion(VersionKind.ERASED, Bytes.EMPTY, main, sub, 0, 0, 0);
    }

    /** Moves over the lists; keeps to the contract to the letter, and overwrites its key with every move. */
    static final class Cursor implements VersionCursor {
        private static final int OFFSET = 3;

        private final List<Bytes> keys;
        private final List<List<StoredVersion>> versions;
        private byte[] key = new byte[0];
        private byte[] value = new byte[0];
        private int at = -1;
        private int version;
        private boolean standing;
        private boolean closed;
        private int keyReads;

        Cursor(NavigableMap<Bytes, List<StoredVersion>> content) {
            keys = List.copyOf(content.keySet());
            versions = content.values().stream().map(List::copyOf).toList();
        }

        private boolean moveTo(int place) {
            java.util.Arrays.fill(key, (byte) 0xee);
            at = place;
            version = 0;
            standing = place >= 0 && place < keys.size();
            if (standing) {
                load();
            }
            return standing;
        }

        private void load() {
            key = new byte[OFFSET + keys.get(at).length()];
            keys.get(at).copyTo(key, OFFSET);
            value = shown().value().toByteArray();
        }

        private StoredVersion shown() {
            if (!standing) {
                throw new AssertionError("the cursor stands nowhere");
            }
            return versions.get(at).get(version);
        }

        private int firstNotBefore(Bytes wanted) {
            int place = 0;
            while (place < keys.size() && keys.get(place).compareTo(wanted) < 0) {
                place++;
            }
            return place;
        }

        int keyReads() {
            return keyReads;
        }

        boolean isClosed() {
            return closed;
        }

        @Override
        public boolean first() {
            return moveTo(0);
        }

        @Override
        public boolean last() {
            return moveTo(keys.size() - 1);
        }

        @Override
        public boolean seek(Bytes wanted) {
            return moveTo(firstNotBefore(wanted));
        }

        @Override
        public boolean seekBefore(Bytes wanted) {
            return moveTo(firstNotBefore(wanted) - 1);
        }

        @Override
        public boolean nextKey() {
            shown();
            return moveTo(at + 1);
        }

        @Override
        public boolean previousKey() {
            shown();
            return moveTo(at - 1);
        }

        @Override
        public boolean nextVersion() {
            shown();
            if (version + 1 == versions.get(at).size()) {
                return false;
            }
            java.util.Arrays.fill(key, (byte) 0xee);
            version++;
            load();
            return true;
        }

        @Override
        public byte[] keyArray() {
            keyReads++;
            shown();
            return key;
        }

        @Override
        public int keyOffset() {
            return OFFSET;
        }

        @Override
        public int keyLength() {
            return key.length - OFFSET;
        }

        @Override
        public VersionKind kind() {
            return shown().kind();
        }

        @Override
        public long main() {
            return shown().main();
        }

        @Override
        public int sub() {
            return shown().sub();
        }

        @Override
        public long createRevision() {
            return shown().createRevision();
        }

        @Override
        public long version() {
            return shown().version();
        }

        @Override
        public long writeVersion() {
            return shown().writeVersion();
        }

        @Override
        public long lease() {
            return shown().lease();
        }

        @Override
        public byte[] valueArray() {
            shown();
            return value;
        }

        @Override
        public int valueOffset() {
            return 0;
        }

        @Override
        public int valueLength() {
            return value.length;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
