package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.spi.Metrics;

/**
 * How a log-structured store is kept. <b>Immutable.</b>
 *
 * @param memoryBytes the one budget of memtables, filters and indexes, block cache and hot keys, in bytes; 4 MiB or more
 * @param memtableBytes a memtable is sealed and flushed once it takes so many bytes, 4 KiB or more. At most a quarter of the
 *     budget is used, because several memtables exist at a time
 * @param flushIntervalNanos a memtable is flushed once its oldest write is so old, in nanoseconds; {@link Long#MAX_VALUE} for
 *     never
 * @param blockBytes size of a table's blocks before compression, 4 KiB to 32 KiB
 * @param compressed whether tables are compressed with LZ4
 * @param tableBytes a merge begins a new table beyond so many bytes, 4 KiB or more
 * @param level0Tables so many flushed tables are merged into level 1, 2 or more
 * @param hotKeysBytes the share of the budget for the index of hot keys, in bytes; 0 for none
 * @param keepHistory whether versions are kept down to the compact revision; if not, only what open views show is kept
 * @param verifyMerges whether the tables that a flush or merge wrote are read back before they are put into force
 * @param reservedDiskBytes free disk space, in bytes, that is left when a whole state is received; 0 or more
 * @param metrics where to count
 */
public record StoreOptions(
        long memoryBytes,
        long memtableBytes,
        long flushIntervalNanos,
        int blockBytes,
        boolean compressed,
        long tableBytes,
        int level0Tables,
        long hotKeysBytes,
        boolean keepHistory,
        boolean verifyMerges,
        long reservedDiskBytes,
        Metrics metrics) {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /** Checks the bounds. */
    public StoreOptions {
        require(memoryBytes >= 4 * MIB, "memoryBytes", memoryBytes, "4 MiB or more");
        require(memtableBytes >= 4 * KIB, "memtableBytes", memtableBytes, "4 KiB or more");
        require(flushIntervalNanos > 0, "flushIntervalNanos", flushIntervalNanos, "more than 0");
        require(blockBytes >= 4 * KIB && blockBytes <= 32 * KIB, "blockBytes", blockBytes, "4 KiB to 32 KiB");
        require(tableBytes >= 4 * KIB, "tableBytes", tableBytes, "4 KiB or more");
        require(level0Tables >= 2, "level0Tables", level0Tables, "2 or more");
        require(hotKeysBytes >= 0 && hotKeysBytes <= memoryBytes / 2, "hotKeysBytes", hotKeysBytes, "half the budget");
        require(reservedDiskBytes >= 0, "reservedDiskBytes", reservedDiskBytes, "0 or more");
    }

    /** States everything but free disk space, of which nothing is reserved. */
    public StoreOptions(
            long memoryBytes,
            long memtableBytes,
            long flushIntervalNanos,
            int blockBytes,
            boolean compressed,
            long tableBytes,
            int level0Tables,
            long hotKeysBytes,
            boolean keepHistory,
            boolean verifyMerges,
            Metrics metrics) {
        this(
                memoryBytes,
                memtableBytes,
                flushIntervalNanos,
                blockBytes,
                compressed,
                tableBytes,
                level0Tables,
                hotKeysBytes,
                keepHistory,
                verifyMerges,
                0,
                metrics);
    }

    /** Returns the defaults for a budget: an eighth of it for a memtable, a sixteenth for hot keys. */
    public static StoreOptions ofMemory(long memoryBytes) {
        return new StoreOptions(
                memoryBytes,
                Math.max(64 * KIB, Math.min(64L * MIB, memoryBytes / 8)),
                Long.MAX_VALUE,
                8 * KIB,
                true,
                64L * MIB,
                4,
                memoryBytes / 16,
                false,
                false,
                Metrics.none());
    }

    /** Returns the same options with another memtable size in bytes. */
    public StoreOptions withMemtableBytes(long bytes) {
        return new StoreOptions(
                memoryBytes,
                bytes,
                flushIntervalNanos,
                blockBytes,
                compressed,
                tableBytes,
                level0Tables,
                hotKeysBytes,
                keepHistory,
                verifyMerges,
                reservedDiskBytes,
                metrics);
    }

    /** Returns the same options with another size of tables in bytes. */
    public StoreOptions withTableBytes(long bytes) {
        return new StoreOptions(
                memoryBytes,
                memtableBytes,
                flushIntervalNanos,
                blockBytes,
                compressed,
                bytes,
                level0Tables,
                hotKeysBytes,
                keepHistory,
                verifyMerges,
                reservedDiskBytes,
                metrics);
    }

    /** Returns the same options with history kept or not. */
    public StoreOptions withKeepHistory(boolean keep) {
        return new StoreOptions(
                memoryBytes,
                memtableBytes,
                flushIntervalNanos,
                blockBytes,
                compressed,
                tableBytes,
                level0Tables,
                hotKeysBytes,
                keep,
                verifyMerges,
                reservedDiskBytes,
                metrics);
    }

    /** Returns the same options with other free disk space that a state on its way here leaves, in bytes. */
    public StoreOptions withReservedDiskBytes(long bytes) {
        return new StoreOptions(
                memoryBytes,
                memtableBytes,
                flushIntervalNanos,
                blockBytes,
                compressed,
                tableBytes,
                level0Tables,
                hotKeysBytes,
                keepHistory,
                verifyMerges,
                bytes,
                metrics);
    }

    /** Returns the bytes at which a memtable is sealed. */
    long sealBytes() {
        return Math.min(memtableBytes, memoryBytes / 4);
    }

    private static void require(boolean holds, String knob, long value, String bounds) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "A store option is out of bounds: " + knob + "=" + value + " bounds=" + bounds);
        }
    }
}
