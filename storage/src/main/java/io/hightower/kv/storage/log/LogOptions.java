package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.storage.file.FileHeader;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * How a commit log is kept.
 *
 * @param storeId the store that the log belongs to, 16 bytes
 * @param segmentBytes length of a segment; a group that is longer gets one of its own. 256 or more. Small segments free their
 *     space sooner after a checkpoint; each costs about a millisecond to begin
 * @param archivedSegments so many of the youngest trimmed segments are kept for people to look at; 0, the default, keeps none.
 *     Each takes up to {@code segmentBytes} on disk
 * @param syncPolicy when to sync
 * @param nanoClock a monotonic clock in nanoseconds, asked only if the policy goes by time
 * @param background writes segments in advance: one of {@code segmentBytes} whenever half of the last segment is used and no
 *     spare is left. Without it segments are made when they are needed
 * @param metrics where to count
 */
public record LogOptions(
        Bytes storeId,
        long segmentBytes,
        int archivedSegments,
        SyncPolicy syncPolicy,
        LongSupplier nanoClock,
        Executor background,
        Metrics metrics) {
    /** Bytes of a segment unless configured otherwise: 64 MiB, a third of a second of sequential writing. */
    public static final long SEGMENT_BYTES_DEFAULT = 64L << 20;

    private static final long SEGMENT_BYTES_LEAST = 256;

    /** Checks the sizes. */
    public LogOptions {
        if (storeId.length() != FileHeader.STORE_ID_BYTES) {
            throw new IllegalArgumentException("A store id has 16 bytes: storeId=" + storeId);
        }
        if (segmentBytes < SEGMENT_BYTES_LEAST) {
            throw new IllegalArgumentException(
                    "segmentBytes must be at least " + SEGMENT_BYTES_LEAST + ": segmentBytes=" + segmentBytes);
        }
        if (archivedSegments < 0) {
            throw new IllegalArgumentException(
                    "archivedSegments must not be negative: archivedSegments=" + archivedSegments);
        }
    }

    /** Makes options that archive nothing and write segments in advance on a thread for each. */
    public LogOptions(
            Bytes storeId, long segmentBytes, SyncPolicy syncPolicy, LongSupplier nanoClock, Metrics metrics) {
        this(storeId, segmentBytes, 0, syncPolicy, nanoClock, SpareSegments.threadForEach(), metrics);
    }

    /** Returns the defaults: 64 MiB segments, a sync before every acknowledgement, nobody counts. */
    public static LogOptions defaults(Bytes storeId) {
        return new LogOptions(
                storeId, SEGMENT_BYTES_DEFAULT, SyncPolicy.everyWrite(), System::nanoTime, Metrics.none());
    }

    /** Returns the same options with another segment size in bytes. */
    public LogOptions withSegmentBytes(long bytes) {
        return new LogOptions(storeId, bytes, archivedSegments, syncPolicy, nanoClock, background, metrics);
    }

    /** Returns the same options with another number of trimmed segments to keep. */
    public LogOptions withArchivedSegments(int segments) {
        return new LogOptions(storeId, segmentBytes, segments, syncPolicy, nanoClock, background, metrics);
    }

    /** Returns the same options with another sync policy. */
    public LogOptions withSyncPolicy(SyncPolicy policy) {
        return new LogOptions(storeId, segmentBytes, archivedSegments, policy, nanoClock, background, metrics);
    }

    /** Returns the same options with another clock. */
    public LogOptions withNanoClock(LongSupplier clock) {
        return new LogOptions(storeId, segmentBytes, archivedSegments, syncPolicy, clock, background, metrics);
    }

    /** Returns the same options with another executor for what is written in advance. */
    public LogOptions withBackground(Executor executor) {
        return new LogOptions(storeId, segmentBytes, archivedSegments, syncPolicy, nanoClock, executor, metrics);
    }

    /** Returns the same options with another place to count. */
    public LogOptions withMetrics(Metrics other) {
        return new LogOptions(storeId, segmentBytes, archivedSegments, syncPolicy, nanoClock, background, other);
    }
}
