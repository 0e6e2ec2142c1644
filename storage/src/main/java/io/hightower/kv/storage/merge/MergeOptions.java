package io.hightower.kv.storage.merge;

import io.hightower.kv.storage.table.TableOptions;

/**
 * When tables are merged, and what the results are like.
 *
 * @param level0Runs merging begins when level 0 has so many runs. 1 to 64; fewer make lookups cheaper and write more
 * @param tableBytes a table is not continued beyond so many bytes. 4 KiB or more; smaller ones make a merge a smaller step
 *     and the store's list of files longer
 * @param level1Bytes level 1 is merged onwards when it has more bytes. At least {@code tableBytes}
 * @param fanout each further level may have so many times the bytes of the one before. 2 to 100; more makes merging cost
 *     more writing and takes fewer levels
 * @param garbagePercent tables are merged for their garbage alone if so much of what is read would be dropped. 1 to 100;
 *     less frees space sooner and writes more
 * @param table how tables are written
 * @param isVerifying each table is read back and verified before it counts
 * @param keepsHistory the changes made at the horizon are still asked for, deletions whose tombstones were released among them
 */
public record MergeOptions(
        int level0Runs,
        long tableBytes,
        long level1Bytes,
        int fanout,
        int garbagePercent,
        TableOptions table,
        boolean isVerifying,
        boolean keepsHistory) {
    private static final int LEVEL_0_RUNS_DEFAULT = 4;
    private static final int LEVEL_0_RUNS_MAX = 64;
    private static final long TABLE_BYTES_DEFAULT = 64L << 20;
    private static final long TABLE_BYTES_MIN = 4L << 10;
    private static final long LEVEL_1_BYTES_DEFAULT = 256L << 20;
    private static final int FANOUT_DEFAULT = 10;
    private static final int FANOUT_MAX = 100;
    private static final int GARBAGE_PERCENT_DEFAULT = 25;
    private static final int PERCENT_MAX = 100;

    /** Checks the ranges. */
    public MergeOptions {
        requireBetween("level0Runs", level0Runs, 1, LEVEL_0_RUNS_MAX);
        requireBetween("tableBytes", tableBytes, TABLE_BYTES_MIN, Long.MAX_VALUE);
        requireBetween("level1Bytes", level1Bytes, tableBytes, Long.MAX_VALUE);
        requireBetween("fanout", fanout, 2, FANOUT_MAX);
        requireBetween("garbagePercent", garbagePercent, 1, PERCENT_MAX);
    }

    private static void requireBetween(String name, long value, long least, long greatest) {
        if (value < least || value > greatest) {
            throw new IllegalArgumentException(
                    name + " must be " + least + " to " + greatest + ": " + name + "=" + value);
        }
    }

    /** Returns four runs, tables of 64 MiB, 256 MiB in level 1 and ten times more in each further one. */
    public static MergeOptions defaults() {
        return new MergeOptions(
                LEVEL_0_RUNS_DEFAULT,
                TABLE_BYTES_DEFAULT,
                LEVEL_1_BYTES_DEFAULT,
                FANOUT_DEFAULT,
                GARBAGE_PERCENT_DEFAULT,
                TableOptions.defaults(),
                false,
                false);
    }

    /** Returns the same options with other sizes, in bytes. */
    public MergeOptions withSizes(long newTableBytes, long newLevel1Bytes) {
        return new MergeOptions(
                level0Runs, newTableBytes, newLevel1Bytes, fanout, garbagePercent, table, isVerifying, keepsHistory);
    }

    /** Returns the same options, with each table read back and verified. */
    public MergeOptions verifying() {
        return new MergeOptions(level0Runs, tableBytes, level1Bytes, fanout, garbagePercent, table, true, keepsHistory);
    }

    /** Returns the same options for a store that keeps history. */
    public MergeOptions keepingHistory() {
        return new MergeOptions(level0Runs, tableBytes, level1Bytes, fanout, garbagePercent, table, isVerifying, true);
    }

    /** Returns the oldest main revision whose changes are asked for; see {@link Retention}. */
    long oldestChange(long horizon) {
        return keepsHistory ? horizon : horizon + 1;
    }

    /** Returns how many bytes a level may have; level 0 goes by its runs, and nothing is beneath the last. */
    long bytesMax(int level) {
        if (level == 0 || level == LeveledTables.LEVELS - 1) {
            return Long.MAX_VALUE;
        }
        long bytes = level1Bytes;
        for (int next = 1; next < level; next++) {
            bytes = bytes > Long.MAX_VALUE / fanout ? Long.MAX_VALUE : bytes * fanout;
        }
        return bytes;
    }
}
