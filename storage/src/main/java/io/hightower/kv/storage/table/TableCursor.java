package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import org.jspecify.annotations.Nullable;

/**
 * Moves over a table.
 *
 * <p>A key may go on in following blocks with older versions; the index tells which blocks begin like that. The cursor stands
 * in the block of its version, and walks back to where the key begins when it turns to the key before.
 */
final class TableCursor implements VersionCursor {
    /** So many blocks in a row make a scan long: what comes then stays out of the cache. */
    private static final int LONG_SCAN_BLOCKS = 64;

    private final Table table;
    private final TableIndex index;
    private final BlockReader reader;
    private final CacheUse use;
    private final KeyPosition position = new KeyPosition();
    private final VersionDecoder decoder = new VersionDecoder();
    private @Nullable ReadAhead ahead;
    private @Nullable Block block;
    private int number;
    private int blocksInRow;
    private byte[] wanted = new byte[64];
    private boolean isStanding;
    private boolean isClosed;

    /** Makes a cursor that owns one reference to the table. */
    TableCursor(Table table, CacheUse use) {
        this.table = table;
        this.index = table.index();
        this.reader = table.reader();
        this.use = use;
    }

    @Override
    public boolean first() {
        leave();
        position.moveTo(jumpTo(0), 0);
        return stand();
    }

    @Override
    public boolean last() {
        leave();
        Block there = jumpTo(index.blocks() - 1);
        position.moveTo(there, there.keyCount - 1);
        walkBackToNewest();
        return stand();
    }

    @Override
    public boolean seek(Bytes key) {
        leave();
        if (key.compareTo(table.meta().firstKey()) <= 0) {
            return first();
        }
        if (key.compareTo(table.meta().lastKey()) > 0) {
            return false;
        }
        Block there = jumpTo(find(key));
        if (!position.seek(there, wanted, key.length())) {
            // The key lies behind the block's last one and not behind its separator.
            position.moveTo(stepTo(number + 1), 0);
        }
        return stand();
    }

    @Override
    public boolean seekBefore(Bytes key) {
        leave();
        if (key.compareTo(table.meta().firstKey()) <= 0) {
            return false;
        }
        if (key.compareTo(table.meta().lastKey()) > 0) {
            return last();
        }
        Block there = jumpTo(find(key));
        int before = position.seek(there, wanted, key.length()) ? position.ordinal() - 1 : there.keyCount - 1;
        if (before < 0) {
            there = stepTo(number - 1);
            before = there.keyCount - 1;
        }
        position.moveTo(there, before);
        walkBackToNewest();
        return stand();
    }

    private int find(Bytes key) {
        if (wanted.length < key.length()) {
            wanted = new byte[Math.max(key.length(), 2 * wanted.length)];
        }
        key.copyTo(wanted, 0);
        return index.find(wanted, key.length());
    }

    @Override
    public boolean nextKey() {
        Block there = standing();
        isStanding = false;
        if (position.ordinal() + 1 < there.keyCount) {
            position.next();
            return stand();
        }
        while (number + 1 < index.blocks()) {
            there = stepTo(number + 1);
            int next = index.isContinued(number) ? 1 : 0;
            if (next < there.keyCount) {
                position.moveTo(there, next);
                return stand();
            }
        }
        return false;
    }

    @Override
    public boolean previousKey() {
        Block there = standing();
        isStanding = false;
        walkBackToNewest();
        if (position.ordinal() > 0) {
            position.moveTo(present(), position.ordinal() - 1);
        } else if (number > 0) {
            there = stepTo(number - 1);
            position.moveTo(there, there.keyCount - 1);
        } else {
            return false;
        }
        walkBackToNewest();
        return stand();
    }

    @Override
    public boolean nextVersion() {
        Block there = standing();
        if (decoder.at < position.versionsEnd()) {
            decoder.next();
            return true;
        }
        boolean goesOn = position.ordinal() + 1 == there.keyCount
                && number + 1 < index.blocks()
                && index.isContinued(number + 1);
        if (!goesOn) {
            return false;
        }
        isStanding = false;
        position.moveTo(stepTo(number + 1), 0);
        return stand();
    }

    /** From some versions of a key to the block that holds its newest ones. */
    private void walkBackToNewest() {
        while (position.ordinal() == 0 && index.isContinued(number)) {
            Block before = stepTo(number - 1);
            position.moveTo(before, before.keyCount - 1);
        }
    }

    private void leave() {
        InvariantViolation.check(!isClosed, "a closed cursor is not moved");
        isStanding = false;
    }

    private boolean stand() {
        decoder.first(present(), position.versionsStart());
        isStanding = true;
        return true;
    }

    private Block standing() {
        InvariantViolation.check(isStanding, "a cursor that stands nowhere has no neighbours");
        return present();
    }

    private Block present() {
        Block there = block;
        if (there == null) {
            throw new InvariantViolation("a cursor that has a place has a block");
        }
        return there;
    }

    private Block jumpTo(int target) {
        blocksInRow = 0;
        Block there;
        if (use == CacheUse.NONE) {
            there = target == 0 ? ahead().read(target) : reader.read(target);
        } else {
            there = table.block(target);
        }
        number = target;
        block = there;
        return there;
    }

    private Block stepTo(int target) {
        boolean isForward = target > number;
        blocksInRow++;
        Block cached = use == CacheUse.NONE ? null : table.cached(target);
        Block there = cached != null ? cached : read(target, isForward);
        number = target;
        block = there;
        return there;
    }

    private Block read(int target, boolean isForward) {
        boolean isKept = use != CacheUse.NONE && (use == CacheUse.LOOKUP || blocksInRow <= LONG_SCAN_BLOCKS);
        boolean isAhead = isForward && (use == CacheUse.NONE || blocksInRow > 1);
        if (!isKept) {
            return isAhead ? ahead().read(target) : reader.read(target);
        }
        Block there = isAhead ? ahead().readToKeep(target) : reader.read(target);
        return table.keep(target, there, use == CacheUse.LOOKUP);
    }

    private ReadAhead ahead() {
        ReadAhead present = ahead;
        if (present == null) {
            present = table.readAhead(use == CacheUse.NONE);
            ahead = present;
        }
        return present;
    }

    @Override
    public byte[] keyArray() {
        return position.key();
    }

    @Override
    public int keyOffset() {
        return 0;
    }

    @Override
    public int keyLength() {
        return position.keyLength();
    }

    @Override
    public VersionKind kind() {
        return decoder.kind;
    }

    @Override
    public long main() {
        return decoder.main;
    }

    @Override
    public int sub() {
        return decoder.sub;
    }

    @Override
    public long createRevision() {
        return decoder.createRevision;
    }

    @Override
    public long version() {
        return decoder.version;
    }

    @Override
    public long writeVersion() {
        return decoder.writeVersion;
    }

    @Override
    public long lease() {
        return decoder.lease;
    }

    @Override
    public byte[] valueArray() {
        return decoder.array;
    }

    @Override
    public int valueOffset() {
        return decoder.valueOffset;
    }

    @Override
    public int valueLength() {
        return decoder.valueLength;
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            isStanding = false;
            block = null;
            table.release();
        }
    }
}
