package io.hightower.kv.storage.history;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.storage.run.VersionKind;
import java.nio.ByteBuffer;

/** The places and first revisions of a file's blocks of one kind. <b>Immutable.</b> */
final class BlockIndex {
    private static final int LENGTH_OFFSET = 8;
    private static final int CHANGES_OFFSET = 12;
    private static final int MAIN_OFFSET = 16;
    private static final int SUB_OFFSET = 24;

    private final VersionKind kind;

    /** The entries, side by side. Only read at absolute places. */
    private final ByteBuffer entries;

    private final int blocks;

    BlockIndex(VersionKind kind, ByteBuffer entries) {
        this.kind = kind;
        this.entries = entries;
        this.blocks = entries.remaining() / HistoryFormat.INDEX_ENTRY_BYTES;
    }

    VersionKind kind() {
        return kind;
    }

    int blocks() {
        return blocks;
    }

    long offset(int block) {
        return entries.getLong(block * HistoryFormat.INDEX_ENTRY_BYTES);
    }

    /** Returns the length of a block in bytes, its header included. */
    int length(int block) {
        return entries.getInt(block * HistoryFormat.INDEX_ENTRY_BYTES + LENGTH_OFFSET);
    }

    int changes(int block) {
        return entries.getInt(block * HistoryFormat.INDEX_ENTRY_BYTES + CHANGES_OFFSET);
    }

    long firstMain(int block) {
        return entries.getLong(block * HistoryFormat.INDEX_ENTRY_BYTES + MAIN_OFFSET);
    }

    int firstSub(int block) {
        return entries.getInt(block * HistoryFormat.INDEX_ENTRY_BYTES + SUB_OFFSET);
    }

    /**
     * Returns the block in which the first change of main revision {@code main} or later may lie, or the one before it. A
     * block that begins with {@code main} is not sure to hold the first change of it.
     */
    int blockBefore(long main) {
        int low = 0;
        int high = blocks;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (firstMain(middle) < main) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return Math.max(0, low - 1);
    }

    /**
     * Checks that the entries can be entries: lengths within bounds, revisions ascending, as many changes as the footer says.
     *
     * @param indexOffset where the index begins; blocks lie before it
     * @param changesExpected what the footer says
     */
    void require(String file, long indexOffset, long changesExpected) {
        long changes = 0;
        for (int block = 0; block < blocks; block++) {
            int content = length(block) - HistoryFormat.BLOCK_HEADER_BYTES;
            boolean possible = content >= 2
                    && content <= HistoryFormat.BLOCK_CONTENT_BYTES_MAX
                    && changes(block) >= 1
                    && firstMain(block) >= 1
                    && firstSub(block) >= 0
                    && (block == 0 || isAfter(block, firstMain(block - 1), firstSub(block - 1)));
            if (!possible) {
                throw new CorruptionException(file, indexOffset, "blocks in order", kind + " block " + block);
            }
            changes += changes(block);
        }
        if (changes != changesExpected) {
            throw new CorruptionException(
                    file, indexOffset, changesExpected + " changes of kind " + kind, changes + " changes");
        }
    }

    private boolean isAfter(int block, long main, int sub) {
        return firstMain(block) > main || (firstMain(block) == main && firstSub(block) > sub);
    }
}
