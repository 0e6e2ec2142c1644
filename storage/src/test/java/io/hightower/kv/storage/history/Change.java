package io.hightower.kv.storage.history;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.run.VersionKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** One change as a value, and lists of them as sources. */
record Change(long main, int sub, VersionKind kind, Bytes key) {
    static final Bytes STORE_ID = Bytes.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});

    static Change value(long main, int sub, String key) {
        return new Change(main, sub, VersionKind.VALUE, Bytes.utf8(key));
    }

    static Change tombstone(long main, int sub, String key) {
        return new Change(main, sub, VersionKind.TOMBSTONE, Bytes.utf8(key));
    }

    boolean isTombstone() {
        return kind == VersionKind.TOMBSTONE;
    }

    static HistoryId id(long number) {
        return new HistoryId(number, STORE_ID);
    }

    /** Makes changes in order, beginning at main revision {@code first}. */
    static List<Change> random(RandomGenerator random, long first, int count) {
        List<Change> changes = new ArrayList<>();
        long main = first;
        int sub = random.nextInt(3);
        int tombstonePercent = random.nextInt(101);
        int keyBytesMax = random.nextInt(50) == 0 ? 32 * 1024 : 1 + random.nextInt(60);
        for (int i = 0; i < count; i++) {
            byte[] key = new byte[1 + random.nextInt(keyBytesMax)];
            random.nextBytes(key);
            VersionKind kind = random.nextInt(100) < tombstonePercent ? VersionKind.TOMBSTONE : VersionKind.VALUE;
            changes.add(new Change(main, sub, kind, Bytes.wrap(key)));
            if (random.nextInt(3) == 0) {
                sub += 1 + random.nextInt(300);
            } else {
                main += random.nextInt(20) == 0 ? 1L << random.nextInt(40) : 1;
                sub = random.nextInt(4) == 0 ? random.nextInt(1000) : 0;
            }
        }
        return changes;
    }

    /** Writes a file that holds the selection of some changes. */
    static HistoryMeta write(SimulatedDisk disk, long number, ChangeSelection selection, List<Change> changes) {
        try (HistoryWriter writer = HistoryWriter.create(disk, id(number), selection)) {
            ChangeCursor cursor = source(changes).from(0, ChangeSelection.ALL);
            while (cursor.next()) {
                writer.add(cursor);
            }
            return writer.finish();
        }
    }

    static List<Change> read(ChangeSource source, long main, ChangeSelection selection) {
        try (ChangeCursor cursor = source.from(main, selection)) {
            List<Change> changes = new ArrayList<>();
            while (cursor.next()) {
                changes.add(new Change(cursor.main(), cursor.sub(), cursor.kind(), cursor.key()));
            }
            return changes;
        }
    }

    static List<Change> expected(List<Change> changes, long main, ChangeSelection selection) {
        Predicate<Change> selected =
                change -> change.main >= main && (selection == ChangeSelection.ALL || change.isTombstone());
        return changes.stream().filter(selected).toList();
    }

    /** A source in memory. */
    static ChangeSource source(List<Change> changes) {
        return (main, selection) -> new ListCursor(expected(changes, main, selection));
    }

    private static final class ListCursor implements ChangeCursor {
        private final List<Change> changes;
        private int at = -1;

        ListCursor(List<Change> changes) {
            this.changes = changes;
        }

        @Override
        public boolean next() {
            at = Math.min(at + 1, changes.size());
            return at < changes.size();
        }

        @Override
        public long main() {
            return changes.get(at).main;
        }

        @Override
        public int sub() {
            return changes.get(at).sub;
        }

        @Override
        public VersionKind kind() {
            return changes.get(at).kind;
        }

        /** A byte in front, so that offsets are not taken for 0. */
        @Override
        public byte[] keyArray() {
            byte[] array = new byte[1 + keyLength()];
            changes.get(at).key.copyTo(array, 1);
            return array;
        }

        @Override
        public int keyOffset() {
            return 1;
        }

        @Override
        public int keyLength() {
            return changes.get(at).key.length();
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
