package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.storage.log.SyncPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Every knob of an engine. Begin with {@link #at} and change single knobs with the {@code with…} methods; an impossible
 * value is refused with its name, its value and its bounds.
 *
 * <p><b>Immutable.</b>
 *
 * @param directory where the store lives; created when it is missing
 * @param sync when the commit log is forced to disk. Default: before every answer. The other policies trade acknowledged
 *     writes for speed, see {@link SyncPolicy}. A member of a cluster always forces its log
 * @param segmentBytes size at which the commit log begins a new file, in bytes, 64 KiB to 1 GiB. Default 64 MiB: small
 *     enough that trimming frees space soon, large enough that files are few
 * @param checkpointLogBytes log written since the last checkpoint after which the next one is taken, in bytes, 64 KiB or
 *     more. Default 256 MiB: bounds the log on disk and the time to reopen, at the price of writing the state once for so
 *     many bytes of log
 * @param requestBytesMax most bytes of keys and values in one command, 1 KiB to 64 MiB. Default 1.5 MiB, as in etcd
 * @param queueCommandsMax most commands that wait to be logged, 1 or more. Default 8,192
 * @param queueBytesMax most bytes of commands that wait to be logged, at least {@code requestBytesMax} plus 64 KiB.
 *     Default 64 MiB: this is memory
 * @param enqueueTimeout how long a command waits for room in a full queue before it is refused, 0 or more. Default 5 s; 0
 *     refuses at once
 * @param memoryBytesMax memory that the records may take before puts are refused, in bytes, 1 MiB or more. Default: six
 *     tenths of the largest heap that this JVM may use, because the records are kept in memory
 * @param freeDiskBytesMin free disk space below which writes are refused, in bytes, 0 or more. Default 128 MiB: enough to
 *     close and reopen, and to delete keys once space is back
 * @param tombstoneGrace how long a deleted key's write version is guarded against older explicit versions, 0 or more.
 *     Default 5 min; must exceed the delay of any writer that sends explicit versions
 * @param maintenanceInterval how often the background looks for something to do, 10 ms or more. Default 1 s
 * @param workerThreads threads that run the readers of asynchronous reads, 1 to 256. Default: the processors of the
 *     machine, at least 2
 * @param metrics where the engine counts. Default: nowhere
 * @param cluster the cluster that this engine is a member of. Default: none, the engine is alone
 */
public record Options(
        Path directory,
        SyncPolicy sync,
        int segmentBytes,
        long checkpointLogBytes,
        int requestBytesMax,
        int queueCommandsMax,
        long queueBytesMax,
        Duration enqueueTimeout,
        long memoryBytesMax,
        long freeDiskBytesMin,
        Duration tombstoneGrace,
        Duration maintenanceInterval,
        int workerThreads,
        Metrics metrics,
        Optional<ClusterOptions> cluster) {
    /** Far longer than anybody waits, and short enough to be counted in nanoseconds. */
    private static final Duration TIME_MOST = Duration.ofDays(3650);

    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /** Checks every knob and the relations between them. */
    public Options {
        require(
                segmentBytes >= 64 * KIB && segmentBytes <= 1024 * MIB,
                "segmentBytes",
                segmentBytes,
                "64 KiB to 1 GiB");
        require(checkpointLogBytes >= 64 * KIB, "checkpointLogBytes", checkpointLogBytes, "64 KiB or more");
        new Limits(requestBytesMax);
        require(queueCommandsMax >= 1, "queueCommandsMax", queueCommandsMax, "1 or more");
        require(
                queueBytesMax >= requestBytesMax + 64L * KIB,
                "queueBytesMax",
                queueBytesMax,
                "requestBytesMax plus 64 KiB or more");
        requireTime("enqueueTimeout", enqueueTimeout, Duration.ZERO);
        require(memoryBytesMax >= MIB, "memoryBytesMax", memoryBytesMax, "1 MiB or more");
        require(freeDiskBytesMin >= 0, "freeDiskBytesMin", freeDiskBytesMin, "0 or more");
        requireTime("tombstoneGrace", tombstoneGrace, Duration.ZERO);
        requireTime("maintenanceInterval", maintenanceInterval, Duration.ofMillis(10));
        require(workerThreads >= 1 && workerThreads <= 256, "workerThreads", workerThreads, "1 to 256");
        require(
                cluster.isEmpty() || sync.equals(SyncPolicy.everyWrite()),
                "sync",
                sync,
                "every write in a cluster: its votes and answers rely on what members have on disk");
    }

    /** Returns the defaults for a store in {@code directory}. */
    public static Options at(Path directory) {
        return new Options(
                directory,
                SyncPolicy.everyWrite(),
                64 * MIB,
                256L * MIB,
                Limits.REQUEST_BYTES_DEFAULT,
                8192,
                64L * MIB,
                Duration.ofSeconds(5),
                Math.max(MIB, Runtime.getRuntime().maxMemory() / 10 * 6),
                128L * MIB,
                Duration.ofMinutes(5),
                Duration.ofSeconds(1),
                Math.max(2, Runtime.getRuntime().availableProcessors()),
                Metrics.none(),
                Optional.empty());
    }

    private static void requireTime(String knob, Duration time, Duration least) {
        require(time.compareTo(least) >= 0 && time.compareTo(TIME_MOST) <= 0, knob, time, least + " to " + TIME_MOST);
    }

    private static void require(boolean holds, String knob, Object value, String bounds) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "An option is out of bounds: " + knob + "=" + value + " bounds=" + bounds);
        }
    }

    /** Returns the same options with another where the store lives. */
    public Options withDirectory(Path directory) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options with another when the commit log is forced to disk. */
    public Options withSync(SyncPolicy sync) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options with another size of a log segment. */
    public Options withSegmentBytes(int segmentBytes) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options with another log between checkpoints. */
    public Options withCheckpointLogBytes(long checkpointLogBytes) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options with another largest request. */
    public Options withRequestBytesMax(int requestBytesMax) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options with another commands that may wait. */
    public Options withQueueCommandsMax(int queueCommandsMax) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options with another bytes that may wait. */
    public Options withQueueBytesMax(long queueBytesMax) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options with another wait for room in the queue. */
    public Options withEnqueueTimeout(Duration enqueueTimeout) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options with another memory of the records. */
    public Options withMemoryBytesMax(long memoryBytesMax) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options with another free disk space floor. */
    public Options withFreeDiskBytesMin(long freeDiskBytesMin) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options with another guard of deleted keys. */
    public Options withTombstoneGrace(Duration tombstoneGrace) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options with another period of the background. */
    public Options withMaintenanceInterval(Duration maintenanceInterval) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options with another threads of asynchronous reads. */
    public Options withWorkerThreads(int workerThreads) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options with another where to count. */
    public Options withMetrics(Metrics metrics) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                cluster);
    }

    /** Returns the same options for a member of a cluster. */
    public Options withCluster(ClusterOptions member) {
        return new Options(
                directory,
                sync,
                segmentBytes,
                checkpointLogBytes,
                requestBytesMax,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                memoryBytesMax,
                freeDiskBytesMin,
                tombstoneGrace,
                maintenanceInterval,
                workerThreads,
                metrics,
                Optional.of(member));
    }
}
