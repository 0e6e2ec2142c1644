package io.hightower.kv.engine.watch;

import java.time.Duration;

/**
 * How watchers are served. <b>Immutable.</b>
 *
 * @param recentBytes memory for the changes of the last revisions, which watchers who keep up are given, in bytes; 4 KiB or
 *     more. Taken while there are watchers. Default 16 MiB; less sends watchers to history sooner
 * @param historyBytes memory for what was read from history and not given yet, in bytes; 4 KiB or more. Default 8 MiB
 * @param progressInterval how often a watch that wants it is told of progress while there are no events, 10 ms or more.
 *     Default 10 minutes, as in etcd
 */
public record WatchOptions(long recentBytes, long historyBytes, Duration progressInterval) {
    private static final long KIB = 1024;
    private static final long BYTES_MIN = 4 * KIB;
    private static final Duration INTERVAL_MIN = Duration.ofMillis(10);

    /** Checks the ranges. */
    public WatchOptions {
        requireBytes("recentBytes", recentBytes);
        requireBytes("historyBytes", historyBytes);
        if (progressInterval.compareTo(INTERVAL_MIN) < 0) {
            throw new IllegalArgumentException(
                    "progressInterval must be 10 ms or more: progressInterval=" + progressInterval);
        }
    }

    private static void requireBytes(String name, long bytes) {
        if (bytes < BYTES_MIN) {
            throw new IllegalArgumentException(name + " must be " + BYTES_MIN + " or more: " + name + "=" + bytes);
        }
    }

    /** Returns 16 MiB for recent changes, 8 MiB for history, progress every ten minutes. */
    public static WatchOptions defaults() {
        return new WatchOptions(16 * KIB * KIB, 8 * KIB * KIB, Duration.ofMinutes(10));
    }

    /** Returns the same options with other memory for recent changes. */
    public WatchOptions withRecentBytes(long bytes) {
        return new WatchOptions(bytes, historyBytes, progressInterval);
    }

    /** Returns the same options with other memory for what was read from history. */
    public WatchOptions withHistoryBytes(long bytes) {
        return new WatchOptions(recentBytes, bytes, progressInterval);
    }

    /** Returns the same options with another time between tellings of progress. */
    public WatchOptions withProgressInterval(Duration interval) {
        return new WatchOptions(recentBytes, historyBytes, interval);
    }
}
