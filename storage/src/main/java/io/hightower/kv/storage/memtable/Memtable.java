package io.hightower.kv.storage.memtable;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.storage.history.ChangeCursor;
import io.hightower.kv.storage.history.ChangeSelection;
import io.hightower.kv.storage.history.ChangeSource;
import io.hightower.kv.storage.run.Run;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import org.jspecify.annotations.Nullable;

/**
 * The versions that no table holds yet, sorted, in memory.
 *
 * <pre>
 * memtable.add(record); memtable.add(record);         the changes of one entry
 * view = memtable.at(memtable.watermark());           handed to readers through something volatile
 * </pre>
 *
 * <p><b>Ordering.</b> Records are added in the order of their revisions. <b>Durability.</b> None: the log has what is here.
 * <b>Threads.</b> One thread at a time writes and calls the methods that are not {@link #at}; a lock of the caller sees to
 * that. Any number of threads read through a {@link Slice} meanwhile. <b>Failure.</b> After an error in a method that
 * writes the memtable is not written any more; slices that were made before stay right.
 */
public final class Memtable {
    private final Skiplist keys = new Skiplist();
    private final HashIndex index;
    private final VersionLog versions = new VersionLog();
    private final ChangeMarks marks = new ChangeMarks(versions);
    private Revision newest = new Revision(0, 0);

    private Memtable(int keysExpected) {
        index = new HashIndex(keys, keysExpected);
    }

    /** Returns an empty memtable, which occupies some 130 KiB. */
    public static Memtable create() {
        return new Memtable(0);
    }

    /** Returns an empty memtable for about as many keys as this one has; it need not grow its index so often. */
    public Memtable successor() {
        return new Memtable(keys());
    }

    /** Adds a value or a tombstone. Its revision is later than that of everything added before. */
    public void add(KeyRecord record) {
        Revision modified = record.modified();
        InvariantViolation.check(modified.compareTo(newest) > 0, "revisions ascend in a memtable");
        newest = modified;
        marks.add(append(record.live() ? VersionKind.VALUE : VersionKind.TOMBSTONE, record));
    }

    /** Adds the erased form of a tombstone, which may be here or elsewhere, at the tombstone's revision. */
    public void erase(KeyRecord tombstone) {
        InvariantViolation.check(!tombstone.live(), "only a tombstone is erased");
        append(VersionKind.ERASED, tombstone);
    }

    private int append(VersionKind kind, KeyRecord record) {
        Bytes key = record.key();
        long hash = key.hash64();
        int node = index.find(key, hash);
        if (node != Arena.NONE) {
            int version = versions.add(node, keys.newest(node), kind, record);
            keys.publish(node, version);
            return version;
        }
        int added = keys.prepare(key);
        int version = versions.add(added, Arena.NONE, kind, record);
        keys.publish(added, version);
        index.add(added, hash);
        keys.link(added);
        return version;
    }

    /** Returns the position behind everything added so far. Never goes back. */
    public long watermark() {
        return versions.arena().end();
    }

    /** Returns the bytes in use, for keys, values and what finds them. */
    public long bytes() {
        return keys.arena().usedBytes() + versions.arena().usedBytes() + besides();
    }

    /** Returns the bytes of the heap that are occupied: {@link #bytes} and what is reserved for more. */
    public long reservedBytes() {
        return keys.arena().reservedBytes() + versions.arena().reservedBytes() + besides();
    }

    private long besides() {
        return versions.longValueBytes() + index.bytes() + marks.bytes();
    }

    /** Returns the number of versions added, erased tombstones among them. */
    public int entries() {
        return versions.size();
    }

    /** Returns the number of keys that have versions here. */
    public int keys() {
        return keys.size();
    }

    /**
     * Returns what was added before {@link #watermark} returned {@code watermark}. Any thread may ask, if the watermark came
     * to it through something volatile or a lock.
     */
    public Slice at(long watermark) {
        return new Slice(this, watermark);
    }

    /**
     * A view of a moment: what lies below a watermark, whatever is added later. A key whose versions are
     * all later is not there. It costs nothing to keep but the memtable itself. <b>Immutable.</b>
     */
    public static final class Slice implements Run, ChangeSource {
        private final Skiplist keys;
        private final HashIndex index;
        private final VersionLog versions;
        private final ChangeMarks marks;
        private final long watermark;

        Slice(Memtable memtable, long watermark) {
            keys = memtable.keys;
            index = memtable.index;
            versions = memtable.versions;
            marks = memtable.marks;
            this.watermark = watermark;
        }

        @Override
        public @Nullable StoredVersion find(Bytes key, long hash, long throughMain) {
            int node = index.find(key, hash);
            int version = node == Arena.NONE ? Arena.NONE : newest(node);
            if (version == Arena.NONE) {
                return null;
            }
            VersionReader reader = new VersionReader(versions);
            reader.read(version);
            while (reader.main() > throughMain) {
                if (reader.older() == Arena.NONE) {
                    return null;
                }
                reader.read(reader.older());
            }
            return reader.copy();
        }

        @Override
        public VersionCursor cursor() {
            return new MemtableCursor(this);
        }

        /** Opens a cursor over the selected changes that are here, of main revision {@code main} and later. */
        @Override
        public ChangeCursor from(long main, ChangeSelection selection) {
            return new MemtableChangeCursor(this, main, selection);
        }

        /** Returns the version of a node that is the newest in this view, {@link Arena#NONE} if the view has none. */
        int newest(int node) {
            int version = keys.newest(node);
            while (version != Arena.NONE && !holds(version)) {
                version = versions.older(version);
            }
            return version;
        }

        /** Tells whether what a reference points to is in this view. */
        boolean holds(int version) {
            return Integer.toUnsignedLong(version) < watermark;
        }

        /** Returns where to begin with the changes of main revision {@code main} and later, or some before. */
        int startFor(long main) {
            return marks.startFor(main, watermark);
        }

        /** Returns the keys in order, those that are not in this view among them. */
        Skiplist keys() {
            return keys;
        }

        /** Returns the versions in commit order. */
        VersionLog versions() {
            return versions;
        }
    }
}
