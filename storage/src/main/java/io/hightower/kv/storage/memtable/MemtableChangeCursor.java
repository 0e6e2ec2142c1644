package io.hightower.kv.storage.memtable;

import io.hightower.kv.storage.history.ChangeCursor;
import io.hightower.kv.storage.history.ChangeSelection;
import io.hightower.kv.storage.run.VersionKind;

/** Moves over the changes of a {@link Memtable.Slice} in commit order. <b>Used by one thread at a time.</b> */
final class MemtableChangeCursor implements ChangeCursor {
    private final Memtable.Slice slice;
    private final long fromMain;
    private final ChangeSelection selection;
    private final VersionReader version;

    /** Where the next version stands, or the unused end of a chunk begins. */
    private int next;

    MemtableChangeCursor(Memtable.Slice slice, long fromMain, ChangeSelection selection) {
        this.slice = slice;
        this.fromMain = fromMain;
        this.selection = selection;
        version = new VersionReader(slice.versions());
        next = slice.startFor(fromMain);
    }

    @Override
    public boolean next() {
        while (slice.holds(next)) {
            if (slice.versions().node(next) == Arena.NONE) {
                next = Arena.nextChunk(next);
                continue;
            }
            version.read(next);
            next = version.end();
            if (isSelected()) {
                return true;
            }
        }
        return false;
    }

    private boolean isSelected() {
        return version.kind() != VersionKind.ERASED
                && version.main() >= fromMain
                && (selection == ChangeSelection.ALL || version.kind() == VersionKind.TOMBSTONE);
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
    public VersionKind kind() {
        return version.kind();
    }

    @Override
    public byte[] keyArray() {
        return slice.keys().keyArray(version.node());
    }

    @Override
    public int keyOffset() {
        return Skiplist.keyOffset(version.node());
    }

    @Override
    public int keyLength() {
        return slice.keys().keyLength(version.node());
    }

    @Override
    public void close() {
        // It pins nothing.
    }
}
