package io.hightower.kv.storage.table;

/**
 * How a table is written. Reading needs none of this.
 *
 * @param blockBytes how many bytes a block has before compression, unless one version alone is longer; 4 to 32 KiB. Larger
 *     blocks make a smaller index and compress better, smaller ones make reading one key from disk cheaper
 * @param compression how blocks are stored
 * @param filterBitsPerKey bits of the filter for each key; 0 for no filter, else 4 to 24. With 10, one lookup in a hundred
 *     for a missing key reads a block in vain
 * @param syncStepBytes after how many bytes the file is synced while it is being written, so that the last sync has little
 *     left to do and the device's queue stays short for others; 0 to sync at the end only, else at least 64 KiB
 */
public record TableOptions(int blockBytes, Compression compression, int filterBitsPerKey, int syncStepBytes) {
    /** The least bytes of a block. */
    public static final int BLOCK_BYTES_MIN = 4 << 10;

    /** The most bytes of a block that holds more than one version. */
    public static final int BLOCK_BYTES_MAX = 32 << 10;

    private static final int BLOCK_BYTES_DEFAULT = 8 << 10;
    private static final int FILTER_BITS_MIN = 4;
    private static final int FILTER_BITS_DEFAULT = 10;
    private static final int FILTER_BITS_MAX = 24;
    private static final int SYNC_STEP_MIN = 64 << 10;
    private static final int SYNC_STEP_DEFAULT = 4 << 20;

    /** Checks the ranges. */
    public TableOptions {
        require(
                blockBytes >= BLOCK_BYTES_MIN && blockBytes <= BLOCK_BYTES_MAX,
                "blockBytes must be " + BLOCK_BYTES_MIN + " to " + BLOCK_BYTES_MAX + ": blockBytes=" + blockBytes);
        require(
                filterBitsPerKey == 0 || (filterBitsPerKey >= FILTER_BITS_MIN && filterBitsPerKey <= FILTER_BITS_MAX),
                "filterBitsPerKey must be 0 or " + FILTER_BITS_MIN + " to " + FILTER_BITS_MAX + ": filterBitsPerKey="
                        + filterBitsPerKey);
        require(
                syncStepBytes == 0 || syncStepBytes >= SYNC_STEP_MIN,
                "syncStepBytes must be 0 or at least " + SYNC_STEP_MIN + ": syncStepBytes=" + syncStepBytes);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Makes options that sync in steps of 4 MiB. */
    public TableOptions(int blockBytes, Compression compression, int filterBitsPerKey) {
        this(blockBytes, compression, filterBitsPerKey, SYNC_STEP_DEFAULT);
    }

    /** Returns blocks of 8 KiB, not compressed, with a filter of 10 bits per key. */
    public static TableOptions defaults() {
        return new TableOptions(BLOCK_BYTES_DEFAULT, Compression.NONE, FILTER_BITS_DEFAULT);
    }

    /** Returns the same options with another compression. */
    public TableOptions with(Compression other) {
        return new TableOptions(blockBytes, other, filterBitsPerKey, syncStepBytes);
    }
}
