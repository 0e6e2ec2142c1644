package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import org.jspecify.annotations.Nullable;

/** Moves through the tables of a level, one open at a time. <b>Used by one thread at a time.</b> */
final class LevelCursor implements VersionCursor {
    private static final int NONE = -1;

    private final Level level;
    private int index = NONE;
    private @Nullable VersionCursor table;

    LevelCursor(Level level) {
        this.level = level;
    }

    @Override
    public boolean first() {
        return open(0) && here().first();
    }

    @Override
    public boolean last() {
        return open(level.size() - 1) && here().last();
    }

    @Override
    public boolean seek(Bytes key) {
        return open(level.indexOf(key)) && here().seek(key);
    }

    @Override
    public boolean seekBefore(Bytes key) {
        // The first table that ends at or behind the key may begin before it; if not, the one before it ends before the
        // key.
        int found = level.indexOf(key);
        if (open(found) && here().seekBefore(key)) {
            return true;
        }
        return open(found - 1) && here().last();
    }

    @Override
    public boolean nextKey() {
        return here().nextKey() || (open(index + 1) && here().first());
    }

    @Override
    public boolean previousKey() {
        return here().previousKey() || (open(index - 1) && here().last());
    }

    @Override
    public boolean nextVersion() {
        return here().nextVersion();
    }

    /** Opens the table with that index, if there is one. */
    private boolean open(int wanted) {
        if (wanted < 0 || wanted >= level.size()) {
            return false;
        }
        if (wanted != index) {
            close();
            table = level.table(wanted).cursor();
            index = wanted;
        }
        return true;
    }

    private VersionCursor here() {
        VersionCursor present = table;
        if (present == null) {
            throw new IllegalStateException("The cursor stands nowhere");
        }
        return present;
    }

    @Override
    public byte[] keyArray() {
        return here().keyArray();
    }

    @Override
    public int keyOffset() {
        return here().keyOffset();
    }

    @Override
    public int keyLength() {
        return here().keyLength();
    }

    @Override
    public VersionKind kind() {
        return here().kind();
    }

    @Override
    public long main() {
        return here().main();
    }

    @Override
    public int sub() {
        return here().sub();
    }

    @Override
    public long createRevision() {
        return here().createRevision();
    }

    @Override
    public long version() {
        return here().version();
    }

    @Override
    public long writeVersion() {
        return here().writeVersion();
    }

    @Override
    public byte[] valueArray() {
        return here().valueArray();
    }

    @Override
    public int valueOffset() {
        return here().valueOffset();
    }

    @Override
    public int valueLength() {
        return here().valueLength();
    }

    @Override
    public void close() {
        VersionCursor present = table;
        table = null;
        index = NONE;
        if (present != null) {
            present.close();
        }
    }
}
