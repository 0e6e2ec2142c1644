package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.CorruptionException;
import java.nio.ByteBuffer;

/**
 * Says for each block of a table where it stands, which keys it ends with, and which revisions it holds; the whole of it in
 * memory, outside of the heap.
 *
 * <pre>
 * index = number of blocks u32 | bytes shared by all keys u32 | prefix u64 per block | row per block | separators
 * row   = offset u64 | offset of its separator u32 | length u32, highest bit: continued | least main u64 | greatest main u64
 * </pre>
 *
 * <p>The separator of a block is not less than its last key, and less than the first key of the next block unless that key
 * continues there. A prefix is the first eight bytes of the separator behind the shared ones: nearly every comparison of
 * a search is between two numbers that lie side by side with the next ones. <b>Immutable.</b>
 */
final class TableIndex {
    static final int HEAD_BYTES = 2 * Integer.BYTES;

    private final ByteBuffer bytes;
    private final int blocks;
    private final int shared;
    private final int rows;
    private final int separators;

    /** Makes an index of bytes that were read and whose checksum was right. */
    TableIndex(String file, long offset, ByteBuffer bytes) {
        this.bytes = bytes;
        this.blocks = bytes.limit() >= HEAD_BYTES ? bytes.getInt(0) : 0;
        this.shared = blocks > 0 ? bytes.getInt(Integer.BYTES) : 0;
        long rowsAt = HEAD_BYTES + (long) blocks * Long.BYTES;
        long separatorsAt = rowsAt + (long) blocks * TableFormat.ROW_BYTES;
        if (blocks < 1 || shared < 0 || separatorsAt > bytes.limit()) {
            throw new CorruptionException(
                    file, offset, "an index of at least one block", blocks + " blocks in " + bytes.limit() + " bytes");
        }
        this.rows = (int) rowsAt;
        this.separators = (int) separatorsAt;
    }

    int blocks() {
        return blocks;
    }

    long offset(int block) {
        return bytes.getLong(row(block) + TableFormat.ROW_OFFSET);
    }

    /** Returns the bytes that the block takes in the file. */
    int length(int block) {
        return bytes.getInt(row(block) + TableFormat.ROW_LENGTH) & ~TableFormat.ROW_CONTINUED_FLAG;
    }

    /** Tells whether the block's first key is the last one of the block before, with older versions. */
    boolean isContinued(int block) {
        return (bytes.getInt(row(block) + TableFormat.ROW_LENGTH) & TableFormat.ROW_CONTINUED_FLAG) != 0;
    }

    long minMain(int block) {
        return bytes.getLong(row(block) + TableFormat.ROW_MIN_MAIN);
    }

    long maxMain(int block) {
        return bytes.getLong(row(block) + TableFormat.ROW_MAX_MAIN);
    }

    /** Copies the separator of a block. */
    byte[] separator(int block) {
        int from = separatorStart(block);
        byte[] copy = new byte[separatorEnd(block) - from];
        bytes.get(from, copy);
        return copy;
    }

    /**
     * Returns the first block whose separator is at or behind the key: if the key is in the table, its newest version is in
     * that block. The key must lie between the first and the last key of the table.
     */
    int find(byte[] key, int keyLength) {
        long prefix = KeyPrefix.ordered(KeyPrefix.of(key, shared, keyLength));
        int low = 0;
        int high = blocks - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            long there = KeyPrefix.ordered(bytes.getLong(HEAD_BYTES + middle * Long.BYTES));
            boolean isBefore = there == prefix ? compareSeparator(middle, key, keyLength) < 0 : there < prefix;
            if (isBefore) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    boolean separatorEquals(int block, byte[] key, int keyLength) {
        return separatorEnd(block) - separatorStart(block) == keyLength && compareSeparator(block, key, keyLength) == 0;
    }

    private int compareSeparator(int block, byte[] key, int keyLength) {
        int from = separatorStart(block);
        int length = separatorEnd(block) - from;
        int both = Math.min(length, keyLength);
        for (int i = Math.min(shared, both); i < both; i++) {
            int difference = (bytes.get(from + i) & 0xff) - (key[i] & 0xff);
            if (difference != 0) {
                return difference;
            }
        }
        return length - keyLength;
    }

    private int row(int block) {
        return rows + block * TableFormat.ROW_BYTES;
    }

    private int separatorStart(int block) {
        return separators + bytes.getInt(row(block) + TableFormat.ROW_SEPARATOR);
    }

    private int separatorEnd(int block) {
        return block + 1 < blocks ? separatorStart(block + 1) : bytes.limit();
    }
}
