package io.hightower.kv.engine;

import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.storage.lsm.StoreOptions;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The knobs of how records and log lie on disk and in memory; part of {@link Options}. <b>Immutable.</b>
 *
 * @param memoryBytesMax the one memory budget of the store, in bytes, 4 MiB or more: memtables, cached blocks, filters,
 *     indexes and hot keys. Default: a quarter of the largest heap that this JVM may use, at least 32 MiB. Small: more reads
 *     go to the disk; large: less heap for the program, longer collections
 * @param memtableBytes size at which new writes are flushed to a table, in bytes, 64 KiB to a quarter of the budget.
 *     Default: an eighth of the budget, 8 MiB to 64 MiB. Small: short restarts, more merging; large: the reverse
 * @param hotKeysBytes share of the budget for the index of hot keys, in bytes, 0 to half of the budget. Default: a sixteenth
 *     of the budget. 0 has every read look through memtables and tables
 * @param flushInterval how old a write may get before it is flushed although its memtable is not full, 1 s or more. Default
 *     10 min: bounds the log that a quiet store replays
 * @param blockBytes size of a table's blocks before compression, in bytes, 4 KiB to 32 KiB. Default 8 KiB. Small: a cold read
 *     brings in less; large: better compression, smaller indexes
 * @param compression how tables are compressed. Default LZ4: about half the disk, and half the bytes to write
 * @param tableBytes size beyond which a merge begins a new table, in bytes, 64 KiB to 1 GiB. Default 64 MiB. Small: merges
 *     in small pieces, more files
 * @param level0Tables flushed tables that start a merge, 2 to 64. Default 4. Few: quicker reads and scans; many: less
 *     merging
 * @param verifyMerges whether the tables that a flush or merge wrote are read back before older ones are deleted. Default
 *     yes: costs one more reading of what was written, from the cache of the operating system
 * @param segmentBytes size at which the commit log begins a new file, in bytes, 64 KiB to 1 GiB. Default 64 MiB: small
 *     enough that trimming frees space soon, large enough that files are few
 * @param archivedSegments segments of the commit log that are kept although tables hold their records, 0 to 10,000. Default
 *     0: they are deleted
 * @param checkpointLogBytes log written since the last flush after which one is forced, in bytes, 64 KiB or more. Default
 *     256 MiB: an upper bound of the log on disk and of the time to reopen, which flushes keep far below
 */
public record StorageOptions(
        long memoryBytesMax,
        long memtableBytes,
        long hotKeysBytes,
        Duration flushInterval,
        int blockBytes,
        Compression compression,
        long tableBytes,
        int level0Tables,
        boolean verifyMerges,
        int segmentBytes,
        int archivedSegments,
        long checkpointLogBytes) {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final long GIB = 1024L * MIB;

    private static final Duration FLUSH_INTERVAL_LEAST = Duration.ofSeconds(1);

    /** How the blocks of tables are compressed. Cached blocks are plain. */
    public enum Compression {
        /** Not at all. */
        NONE,
        /** With LZ4: small and quick to read. */
        LZ4
    }

    /** Checks every knob and the relations between them. */
    public StorageOptions {
        Bounds.require(memoryBytesMax >= 4 * MIB, "memoryBytesMax", memoryBytesMax, "4 MiB or more");
        Bounds.require(
                memtableBytes >= 64 * KIB && memtableBytes <= memoryBytesMax / 4,
                "memtableBytes",
                memtableBytes,
                "64 KiB to a quarter of memoryBytesMax=" + memoryBytesMax);
        Bounds.require(
                hotKeysBytes >= 0 && hotKeysBytes <= memoryBytesMax / 2,
                "hotKeysBytes",
                hotKeysBytes,
                "0 to half of memoryBytesMax=" + memoryBytesMax);
        Bounds.requireTime("flushInterval", flushInterval, FLUSH_INTERVAL_LEAST);
        Bounds.requireWithin("blockBytes", blockBytes, 4 * KIB, 32 * KIB);
        Bounds.requireWithin("tableBytes", tableBytes, 64 * KIB, GIB);
        Bounds.requireWithin("level0Tables", level0Tables, 2, 64);
        Bounds.requireWithin("segmentBytes", segmentBytes, 64 * KIB, GIB);
        Bounds.requireWithin("archivedSegments", archivedSegments, 0, 10_000);
        Bounds.require(checkpointLogBytes >= 64 * KIB, "checkpointLogBytes", checkpointLogBytes, "64 KiB or more");
    }

    /** Returns the defaults for the heap of this JVM. */
    public static StorageOptions defaults() {
        return ofMemory(Math.max(32 * MIB, Runtime.getRuntime().maxMemory() / 4));
    }

    /** Returns the defaults for a memory budget, in bytes. */
    public static StorageOptions ofMemory(long memoryBytesMax) {
        return new StorageOptions(
                memoryBytesMax,
                memtableBytesOf(memoryBytesMax),
                memoryBytesMax / 16,
                Duration.ofMinutes(10),
                8 * KIB,
                Compression.LZ4,
                64L * MIB,
                4,
                true,
                64 * MIB,
                0,
                256L * MIB);
    }

    private static long memtableBytesOf(long memoryBytesMax) {
        long eighth = Math.min(64L * MIB, Math.max(8 * MIB, memoryBytesMax / 8));
        return Math.min(eighth, memoryBytesMax / 4);
    }

    /** Returns these options as the store takes them, with what is not the storage's to decide. */
    StoreOptions toStoreOptions(HistoryRetention history, Metrics metrics) {
        return new StoreOptions(
                memoryBytesMax,
                memtableBytes,
                flushInterval.toNanos(),
                blockBytes,
                compression == Compression.LZ4,
                tableBytes,
                level0Tables,
                hotKeysBytes,
                history.isKept(),
                verifyMerges,
                metrics);
    }

    /**
     * Returns the same options with another memory budget, and with the shares that {@link #memtableBytes} and {@link
     * #hotKeysBytes} have of it by default: change those afterwards.
     */
    public StorageOptions withMemoryBytesMax(long bytes) {
        return changed(draft -> {
            draft.memoryBytesMax = bytes;
            draft.memtableBytes = memtableBytesOf(bytes);
            draft.hotKeysBytes = bytes / 16;
        });
    }

    /** Returns the same options with another size of a memtable. */
    public StorageOptions withMemtableBytes(long bytes) {
        return changed(draft -> draft.memtableBytes = bytes);
    }

    /** Returns the same options with another share for hot keys. */
    public StorageOptions withHotKeysBytes(long bytes) {
        return changed(draft -> draft.hotKeysBytes = bytes);
    }

    /** Returns the same options with another greatest age of an unflushed write. */
    public StorageOptions withFlushInterval(Duration interval) {
        return changed(draft -> draft.flushInterval = interval);
    }

    /** Returns the same options with another size of a block. */
    public StorageOptions withBlockBytes(int bytes) {
        return changed(draft -> draft.blockBytes = bytes);
    }

    /** Returns the same options with another compression of tables. */
    public StorageOptions withCompression(Compression compression) {
        return changed(draft -> draft.compression = compression);
    }

    /** Returns the same options with another size of a table. */
    public StorageOptions withTableBytes(long bytes) {
        return changed(draft -> draft.tableBytes = bytes);
    }

    /** Returns the same options with another number of flushed tables that start a merge. */
    public StorageOptions withLevel0Tables(int tables) {
        return changed(draft -> draft.level0Tables = tables);
    }

    /** Returns the same options with written tables read back or not. */
    public StorageOptions withVerifyMerges(boolean verify) {
        return changed(draft -> draft.verifyMerges = verify);
    }

    /** Returns the same options with another size of a log segment. */
    public StorageOptions withSegmentBytes(int bytes) {
        return changed(draft -> draft.segmentBytes = bytes);
    }

    /** Returns the same options with another number of log segments kept. */
    public StorageOptions withArchivedSegments(int segments) {
        return changed(draft -> draft.archivedSegments = segments);
    }

    /** Returns the same options with another length of the log that forces a flush. */
    public StorageOptions withCheckpointLogBytes(long bytes) {
        return changed(draft -> draft.checkpointLogBytes = bytes);
    }

    private StorageOptions changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.toOptions();
    }

    /** The knobs while they are changed. <b>Used by one thread at a time.</b> */
    private static final class Draft {
        long memoryBytesMax;
        long memtableBytes;
        long hotKeysBytes;
        Duration flushInterval;
        int blockBytes;
        Compression compression;
        long tableBytes;
        int level0Tables;
        boolean verifyMerges;
        int segmentBytes;
        int archivedSegments;
        long checkpointLogBytes;

        Draft(StorageOptions from) {
            memoryBytesMax = from.memoryBytesMax;
            memtableBytes = from.memtableBytes;
            hotKeysBytes = from.hotKeysBytes;
            flushInterval = from.flushInterval;
            blockBytes = from.blockBytes;
            compression = from.compression;
            tableBytes = from.tableBytes;
            level0Tables = from.level0Tables;
            verifyMerges = from.verifyMerges;
            segmentBytes = from.segmentBytes;
            archivedSegments = from.archivedSegments;
            checkpointLogBytes = from.checkpointLogBytes;
        }

        StorageOptions toOptions() {
            return new StorageOptions(
                    memoryBytesMax,
                    memtableBytes,
                    hotKeysBytes,
                    flushInterval,
                    blockBytes,
                    compression,
                    tableBytes,
                    level0Tables,
                    verifyMerges,
                    segmentBytes,
                    archivedSegments,
                    checkpointLogBytes);
        }
    }
}
