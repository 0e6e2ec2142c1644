package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.storage.file.FileHeader;
import java.util.function.LongSupplier;

/**
 * How a commit log is kept.
 *
 * @param storeId the store that the log belongs to, 16 bytes
 * @param segmentBytes a segment is not continued beyond so many bytes; a group that is longer gets one of its own. 256 or
 *     more. Small segments free their space sooner after a checkpoint; each costs about a millisecond to begin
 * @param syncPolicy when to sync
 * @param nanoClock a monotonic clock in nanoseconds, asked only if the policy goes by time
 * @param metrics where to count
 */
public record LogOptions(
        Bytes storeId, long segmentBytes, SyncPolicy syncPolicy, LongSupplier nanoClock, Metrics metrics) {
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
    }

    /** Returns the defaults: 64 MiB segments, a sync before every acknowledgement, nobody counts. */
    public static LogOptions defaults(Bytes storeId) {
        return new LogOptions(
                storeId, SEGMENT_BYTES_DEFAULT, SyncPolicy.everyWrite(), System::nanoTime, Metrics.none());
    }

    /** Returns the same options with another segment size in bytes. */
    public LogOptions withSegmentBytes(long bytes) {
        return new LogOptions(storeId, bytes, syncPolicy, nanoClock, metrics);
    }

    /** Returns the same options with another sync policy. */
    public LogOptions withSyncPolicy(SyncPolicy policy) {
        return new LogOptions(storeId, segmentBytes, policy, nanoClock, metrics);
    }

    /** Returns the same options with another clock. */
    public LogOptions withNanoClock(LongSupplier clock) {
        return new LogOptions(storeId, segmentBytes, syncPolicy, clock, metrics);
    }

    /** Returns the same options with another place to count. */
    public LogOptions withMetrics(Metrics other) {
        return new LogOptions(storeId, segmentBytes, syncPolicy, nanoClock, other);
    }
}
