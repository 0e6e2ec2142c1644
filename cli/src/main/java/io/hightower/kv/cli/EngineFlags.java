package io.hightower.kv.cli;

import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.engine.Options;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that tune an engine, one for each knob of {@link Options}; a flag that is not given leaves the default. */
final class EngineFlags {
    @Option(
            names = "--segment-bytes",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Size at which the commit log begins a new file, 64KiB to 1GiB. Default: 64MiB.")
    private @Nullable Long segmentBytes;

    @Option(
            names = "--checkpoint-log-bytes",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Log written between two checkpoints, 64KiB or more. Bounds the log on disk and the time to "
                    + "start. Default: 256MiB.")
    private @Nullable Long checkpointLogBytes;

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
            description = "Most bytes of writes that wait to be logged; this is memory. Default: 64MiB.")
    private @Nullable Long queueBytesMax;

    @Option(
            names = "--enqueue-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long a write waits for room, or for a store that lags behind, before it is refused. "
                    + "Default: 5s.")
    private @Nullable Duration enqueueTimeout;

    @Option(
            names = "--memory-bytes-max",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Memory budget of the store, 4MiB or more. Default: a quarter of the heap, at least 32MiB.")
    private @Nullable Long memoryBytesMax;

    @Option(
            names = "--free-disk-bytes-min",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Free disk space below which writes are refused. Default: 128MiB.")
    private @Nullable Long freeDiskBytesMin;

    @Option(
            names = "--tombstone-grace",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long a deleted key is guarded against older explicit versions. Default: 5m.")
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

    /**
     * Returns the options with what the flags say.
     *
     * @throws IllegalArgumentException naming a knob, its value and its bounds
     */
    Options applyTo(Options defaults) {
        Options options = defaults;
        // In this order because the queue must hold a request.
        options = queueBytesMax == null ? options : options.withQueueBytesMax(queueBytesMax);
        options = requestBytesMax == null
                ? options
                : options.withRequestBytesMax(within("requestBytesMax", requestBytesMax));
        options = segmentBytes == null ? options : options.withSegmentBytes(within("segmentBytes", segmentBytes));
        options = checkpointLogBytes == null ? options : options.withCheckpointLogBytes(checkpointLogBytes);
        options = queueCommandsMax == null ? options : options.withQueueCommandsMax(queueCommandsMax);
        options = enqueueTimeout == null ? options : options.withEnqueueTimeout(enqueueTimeout);
        options = memoryBytesMax == null ? options : options.withMemoryBytesMax(memoryBytesMax);
        options = freeDiskBytesMin == null ? options : options.withFreeDiskBytesMin(freeDiskBytesMin);
        options = tombstoneGrace == null ? options : options.withTombstoneGrace(tombstoneGrace);
        options = maintenanceInterval == null ? options : options.withMaintenanceInterval(maintenanceInterval);
        return workerThreads == null ? options : options.withWorkerThreads(workerThreads);
    }

    /** Returns the options of a cluster's member with what the flags say. */
    ClusterOptions applyTo(ClusterOptions defaults) {
        return defaults.withTimeouts(
                Optional.ofNullable(electionTimeout).orElse(defaults.electionTimeout()),
                Optional.ofNullable(requestTimeout).orElse(defaults.requestTimeout()));
    }

    /** Tells whether a flag was given that means something in a cluster only. */
    boolean hasClusterFlags() {
        return electionTimeout != null || requestTimeout != null;
    }

    private static int within(String knob, long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("An option is out of bounds: " + knob + "=" + bytes);
        }
        return (int) bytes;
    }
}
