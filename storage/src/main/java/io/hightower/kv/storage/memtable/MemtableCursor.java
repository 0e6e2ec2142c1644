package io.hightower.kv.storage.memtable;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;

/** Moves over the keys and versions of a {@link Memtable.Slice}. <b>Used by one thread at a time.</b> */
final class MemtableCursor implements VersionCursor {
    private final Memtable.Slice slice;
    private final Skiplist keys;
    private final VersionReader version;
    private final Finger finger;

    /** The node it stands on. */
    private int node;

    /** Whether the finger is near the node, so that moving back begins at it. */
    private boolean fingerIsNear;

    MemtableCursor(Memtable.Slice slice) {
        this.slice = slice;
        keys = slice.keys();
        version = new VersionReader(slice.versions());
        finger = new Finger(keys);
        node = keys.head();
    }

    @Override
    public boolean first() {
        fingerIsNear = false;
        return settleForward(keys.next(keys.head(), 0));
    }

    @Override
    public boolean last() {
        finger.seekEnd();
        return settleBackward();
    }

    @Override
    public boolean seek(Bytes key) {
        finger.seek(key);
        fingerIsNear = true;
        return settleForward(finger.found());
    }

    @Override
    public boolean seekBefore(Bytes key) {
        finger.seek(key);
        return settleBackward();
    }

    @Override
    public boolean nextKey() {
        fingerIsNear = false;
        return settleForward(keys.next(node, 0));
    }

    @Override
    public boolean previousKey() {
        if (!fingerIsNear) {
            finger.seek(keys.keyArray(node), Skiplist.keyOffset(node), keys.keyLength(node));
        } else if (finger.previous() == node) {
            finger.back();
        }
        return settleBackward();
    }

    @Override
    public boolean nextVersion() {
        if (version.older() == Arena.NONE) {
            return false;
        }
        version.read(version.older());
        return true;
    }

    /** Stands on the first node from {@code start} on that the slice holds. */
    private boolean settleForward(int start) {
        for (int next = start; next != Arena.NONE; next = keys.next(next, 0)) {
            if (settle(next)) {
                return true;
            }
        }
        return false;
    }

    /** Stands on the last node before the finger that the slice holds. */
    private boolean settleBackward() {
        fingerIsNear = true;
        while (finger.previous() != keys.head()) {
            if (settle(finger.previous())) {
                return true;
            }
            finger.back();
        }
        return false;
    }

    private boolean settle(int candidate) {
        int newest = slice.newest(candidate);
        if (newest == Arena.NONE) {
            return false;
        }
        node = candidate;
        version.read(newest);
        return true;
    }

    @Override
    public byte[] keyArray() {
        return keys.keyArray(node);
    }

    @Override
    public int keyOffset() {
        return Skiplist.keyOffset(node);
    }

    @Override
    public int keyLength() {
        return keys.keyLength(node);
    }

    @Override
    public VersionKind kind() {
        return version.kind();
    }

    @Override
    public long main() {
        return version.main();
    }

    @Override
    public int sub() {
        return version.sub();
    }

    @Override
    public long createRevision() {
        return version.createRevision();
    }

    @Override
    public long version() {
        return version.version();
    }

    @Override
    public long writeVersion() {
        return version.writeVersion();
    }

    @Override
    public long lease() {
        return version.lease();
    }

    @Override
    public byte[] valueArray() {
        return version.valueArray();
    }

    @Override
    public int valueOffset() {
        return version.valueOffset();
    }

    @Override
    public int valueLength() {
        return version.valueLength();
    }

    @Override
    public void close() {
        // It pins nothing: the collector frees a memtable when no slice and no cursor refers to it.
    }
}
