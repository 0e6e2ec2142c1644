package io.hightower.kv.cli;

import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.engine.Options;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The flags that tune an engine, one for each knob of {@link Options} and, through {@link StorageFlags} and {@link
 * HistoryFlags}, of its storage and history. A flag that is not given leaves the default. Where the store lives, when its log is forced to disk and who is in its cluster
 * are flags of the commands.
 */
final class EngineFlags {
    @Option(
            names = "--request-bytes-max",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Most bytes of keys and values in one request, 1KiB to 64MiB. Default: 1.5MiB.")
    private @Nullable Long requestBytesMax;

    @Option(
            names = "--queue-commands-max",
            paramLabel = "N",
            description = "Most writes that wait to be logged, 1 or more. Default: 8192.")
    private @Nullable Integer queueCommandsMax;

    @Option(
            names = "--queue-bytes-max",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description =
                    "Most bytes of writes that wait to be logged, 64KiB more than --request-bytes-max or more; this is "
                            + "memory. Default: 64MiB.")
    private @Nullable Long queueBytesMax;

    @Option(
            names = "--enqueue-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "How long a write waits for room, or for a store that lags behind, before it is refused, 0 or "
                            + "more. Default: 5s.")
    private @Nullable Duration enqueueTimeout;

    @Option(
            names = "--free-disk-bytes-min",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Free disk space below which writes are refused, 0 or more. Default: 128MiB.")
    private @Nullable Long freeDiskBytesMin;

    @Option(
            names = "--tombstone-grace",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long a deleted key is guarded against older explicit versions, 0 or more. Default: 5m.")
    private @Nullable Duration tombstoneGrace;

    @Option(
            names = "--maintenance-interval",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How often the background looks for work, 10ms or more. Default: 1s.")
    private @Nullable Duration maintenanceInterval;

    @Option(
            names = "--worker-threads",
            paramLabel = "N",
            description = "Threads that answer reads, 1 to 256. Default: the processors, at least 2.")
    private @Nullable Integer workerThreads;

    @Option(
            names = "--election-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Cluster: silence of the leader after which a member stands for election, 100ms or more. "
                    + "Default: 1s.")
    private @Nullable Duration electionTimeout;

    @Option(
            names = "--request-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Cluster: how long a request may take before it fails, 1s or more. Default: 7s.")
    private @Nullable Duration requestTimeout;

    @Option(
            names = "--log-bytes-kept",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Cluster: log that is kept although the files of the store contain it, 0 or more, so that a "
                    + "member that was away for a while needs no copy of the whole state. Default: 256MiB.")
    private @Nullable Long logBytesKept;

    @Option(
            names = "--transfer-bytes-per-second",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description =
                    "Cluster: what members that are sent a copy of the state get at most each second, all together, "
                            + "64KiB or more. Default: 64MiB.")
    private @Nullable Long transferBytesPerSecond;

    @Mixin
    private final StorageFlags storage = new StorageFlags();

    @Mixin
    private final HistoryFlags history = new HistoryFlags();

    /**
     * Returns what the flags say, checked once, so that the order of flags does not matter.
     *
     * @throws IllegalArgumentException naming a knob, its value and its bounds
     */
    Options options(Path directory) {
        Options base = storage.applyTo(directory);
        return new Options(
                base.directory(),
                base.sync(),
                base.storage(),
                history.retention(),
                base.watch(),
                Given.intOr("requestBytesMax", requestBytesMax, base.requestBytesMax(), "1KiB to 64MiB"),
                Given.or(queueCommandsMax, base.queueCommandsMax()),
                Given.or(queueBytesMax, base.queueBytesMax()),
                Given.or(enqueueTimeout, base.enqueueTimeout()),
                Given.or(freeDiskBytesMin, base.freeDiskBytesMin()),
                Given.or(tombstoneGrace, base.tombstoneGrace()),
                Given.or(maintenanceInterval, base.maintenanceInterval()),
                Given.or(workerThreads, base.workerThreads()),
                base.metrics(),
                base.cluster());
    }

    /** Returns the options of a cluster's member with what the flags say. */
    ClusterOptions applyTo(ClusterOptions defaults) {
        return defaults.withTimeouts(
                        Given.or(electionTimeout, defaults.electionTimeout()),
                        Given.or(requestTimeout, defaults.requestTimeout()))
                .withLog(new ClusterOptions.LogTuning(
                        defaults.log().batchCommandsMax(),
                        Given.or(logBytesKept, defaults.log().bytesKept()),
                        Given.or(transferBytesPerSecond, defaults.log().transferBytesPerSecond())));
    }

    /** Tells whether a flag was given that means something in a cluster only. */
    boolean hasClusterFlags() {
        return electionTimeout != null
                || requestTimeout != null
                || logBytesKept != null
                || transferBytesPerSecond != null;
    }
}
