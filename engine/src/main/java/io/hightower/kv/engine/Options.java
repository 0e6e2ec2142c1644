package io.hightower.kv.engine;

import io.hightower.kv.engine.watch.WatchOptions;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.storage.log.SyncPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Every knob of an engine. Begin with {@link #at}, or with {@link #small}, {@link #medium} or {@link #large}, and change
 * single knobs with the {@code with…} methods; an impossible value is refused with its name, its value and its bounds.
 *
 * <p><b>Immutable.</b>
 *
 * @param directory where the store lives; created when it is missing
 * @param sync when the commit log is forced to disk. Default: before every answer. The other policies trade acknowledged
 *     writes for speed, see {@link SyncPolicy}. A member of a cluster always forces its log
 * @param storage how records and log lie on disk and in memory
 * @param history how much history is kept, and when the rest is given up. Default: none beyond what open views show
 * @param watch how watchers are served
 * @param requestBytesMax most bytes of keys and values in one command, 1 KiB to 64 MiB. Default 1.5 MiB, as in etcd
 * @param queueCommandsMax most commands that wait to be logged, 1 or more. Default 8,192
 * @param queueBytesMax most bytes of commands that wait to be logged, at least {@code requestBytesMax} plus 64 KiB.
 *     Default 64 MiB: this is memory
 * @param enqueueTimeout how long a command waits for room in a full queue, or for a store that lags behind its writers,
 *     before it is refused, 0 or more. Default 5 s; 0 refuses at once
 * @param freeDiskBytesMin free disk space below which what adds data is refused, in bytes, 0 or more; deletes, compactions and
 *     renewals go on down to a quarter of it. Default 128 MiB: enough to close and reopen
 * @param tombstoneGrace how long a deleted key's write version is guarded against older explicit versions, 0 or more.
 *     Default 5 min; must exceed the delay of any writer that sends explicit versions
 * @param maintenanceInterval how often the background looks for something to do, 10 ms or more. Default 1 s
 * @param workerThreads threads that run the readers of asynchronous reads, and as many that complete the futures of
 *     writes, 1 to 256. Default: the processors of the machine, at least 2
 * @param metrics where the engine counts. Default: nowhere
 * @param cluster the cluster that this engine is a member of. Default: none, the engine is alone
 */
public record Options(
        Path directory,
        SyncPolicy sync,
        StorageOptions storage,
        HistoryRetention history,
        WatchOptions watch,
        int requestBytesMax,
        int queueCommandsMax,
        long queueBytesMax,
        Duration enqueueTimeout,
        long freeDiskBytesMin,
        Duration tombstoneGrace,
        Duration maintenanceInterval,
        int workerThreads,
        Metrics metrics,
        Optional<ClusterOptions> cluster) {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /** Checks every knob and the relations between them. */
    public Options {
        new Limits(requestBytesMax);
        Bounds.require(queueCommandsMax >= 1, "queueCommandsMax", queueCommandsMax, "1 or more");
        Bounds.require(
                queueBytesMax >= requestBytesMax + 64L * KIB,
                "queueBytesMax",
                queueBytesMax,
                "requestBytesMax plus 64 KiB or more");
        Bounds.requireTime("enqueueTimeout", enqueueTimeout, Duration.ZERO);
        Bounds.require(freeDiskBytesMin >= 0, "freeDiskBytesMin", freeDiskBytesMin, "0 or more");
        Bounds.requireTime("tombstoneGrace", tombstoneGrace, Duration.ZERO);
        Bounds.requireTime("maintenanceInterval", maintenanceInterval, Duration.ofMillis(10));
        Bounds.requireWithin("workerThreads", workerThreads, 1, 256);
        Bounds.require(
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
                StorageOptions.defaults(),
                HistoryRetention.none(),
                WatchOptions.defaults(),
                Limits.REQUEST_BYTES_DEFAULT,
                8192,
                64L * MIB,
                Duration.ofSeconds(5),
                128L * MIB,
                Duration.ofMinutes(5),
                Duration.ofSeconds(1),
                Math.max(2, Runtime.getRuntime().availableProcessors()),
                Metrics.none(),
                Optional.empty());
    }

    /**
     * Returns options for a small store beside other things in one JVM: settings, sessions, up to about a gigabyte of
     * records. A budget of 32 MiB with memtables of 4 MiB, short log segments, a small queue.
     */
    public static Options small(Path directory) {
        StorageOptions storage = StorageOptions.ofMemory(32L * MIB)
                .withMemtableBytes(4L * MIB)
                .withTableBytes(16L * MIB)
                .withSegmentBytes(16 * MIB)
                .withCheckpointLogBytes(64L * MIB);
        return at(directory).withStorage(storage).withQueueCommandsMax(1024).withQueueBytesMax(8L * MIB);
    }

    /**
     * Returns options for a store of about 1 to 50 gigabytes: a budget of 256 MiB with memtables of 32 MiB. For a heap of 1
     * GiB or more.
     */
    public static Options medium(Path directory) {
        return at(directory).withStorage(StorageOptions.ofMemory(256L * MIB));
    }

    /**
     * Returns options for a store that the JVM is there for, beyond about 50 gigabytes: half of the largest heap as the
     * budget, at least 512 MiB, with memtables of 64 MiB and tables of 128 MiB.
     */
    public static Options large(Path directory) {
        long budget = Math.max(512L * MIB, Runtime.getRuntime().maxMemory() / 2);
        StorageOptions storage = StorageOptions.ofMemory(budget)
                .withTableBytes(128L * MIB)
                .withSegmentBytes(128 * MIB)
                .withCheckpointLogBytes(512L * MIB);
        return at(directory).withStorage(storage);
    }

    /** Returns the same options with another directory. */
    public Options withDirectory(Path changed) {
        return changed(draft -> draft.directory = changed);
    }

    /** Returns the same options with another time to force the commit log. */
    public Options withSync(SyncPolicy changed) {
        return changed(draft -> draft.sync = changed);
    }

    /** Returns the same options with other storage. */
    public Options withStorage(StorageOptions changed) {
        return changed(draft -> draft.storage = changed);
    }

    /** Returns the same options with the storage that {@code change} makes of the present one. */
    public Options withStorage(UnaryOperator<StorageOptions> change) {
        return withStorage(change.apply(storage));
    }

    /** Returns the same options with another {@link StorageOptions#withMemoryBytesMax memory budget}. */
    public Options withMemoryBytesMax(long bytes) {
        return withStorage(storage.withMemoryBytesMax(bytes));
    }

    /** Returns the same options with another size of a log segment. */
    public Options withSegmentBytes(int bytes) {
        return withStorage(storage.withSegmentBytes(bytes));
    }

    /** Returns the same options with another length of the log that forces a flush. */
    public Options withCheckpointLogBytes(long bytes) {
        return withStorage(storage.withCheckpointLogBytes(bytes));
    }

    /** Returns the same options with other history kept. */
    public Options withHistory(HistoryRetention changed) {
        return changed(draft -> draft.history = changed);
    }

    /** Returns the same options with watchers served otherwise. */
    public Options withWatch(WatchOptions changed) {
        return changed(draft -> draft.watch = changed);
    }

    /** Returns the same options with another size of a request. */
    public Options withRequestBytesMax(int bytes) {
        return changed(draft -> draft.requestBytesMax = bytes);
    }

    /** Returns the same options with another number of commands that may wait. */
    public Options withQueueCommandsMax(int commands) {
        return changed(draft -> draft.queueCommandsMax = commands);
    }

    /** Returns the same options with another number of bytes that may wait. */
    public Options withQueueBytesMax(long bytes) {
        return changed(draft -> draft.queueBytesMax = bytes);
    }

    /** Returns the same options with another wait for room in the queue. */
    public Options withEnqueueTimeout(Duration timeout) {
        return changed(draft -> draft.enqueueTimeout = timeout);
    }

    /** Returns the same options with another floor of free disk space. */
    public Options withFreeDiskBytesMin(long bytes) {
        return changed(draft -> draft.freeDiskBytesMin = bytes);
    }

    /** Returns the same options with another guard of deleted keys. */
    public Options withTombstoneGrace(Duration grace) {
        return changed(draft -> draft.tombstoneGrace = grace);
    }

    /** Returns the same options with another period of the background. */
    public Options withMaintenanceInterval(Duration interval) {
        return changed(draft -> draft.maintenanceInterval = interval);
    }

    /** Returns the same options with another number of threads for asynchronous reads. */
    public Options withWorkerThreads(int threads) {
        return changed(draft -> draft.workerThreads = threads);
    }

    /** Returns the same options with another place to count. */
    public Options withMetrics(Metrics changed) {
        return changed(draft -> draft.metrics = changed);
    }

    /** Returns the same options for a member of a cluster. */
    public Options withCluster(ClusterOptions member) {
        return changed(draft -> draft.cluster = Optional.of(member));
    }

    /** Returns the same options for a store that is alone. */
    public Options withoutCluster() {
        return changed(draft -> draft.cluster = Optional.empty());
    }

    private Options changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.toOptions();
    }

    /** The knobs while they are changed. <b>Used by one thread at a time.</b> */
    private static final class Draft {
        Path directory;
        SyncPolicy sync;
        StorageOptions storage;
        HistoryRetention history;
        WatchOptions watch;
        int requestBytesMax;
        int queueCommandsMax;
        long queueBytesMax;
        Duration enqueueTimeout;
        long freeDiskBytesMin;
        Duration tombstoneGrace;
        Duration maintenanceInterval;
        int workerThreads;
        Metrics metrics;
        Optional<ClusterOptions> cluster;

        Draft(Options from) {
            directory = from.directory;
            sync = from.sync;
            storage = from.storage;
            history = from.history;
            watch = from.watch;
            requestBytesMax = from.requestBytesMax;
            queueCommandsMax = from.queueCommandsMax;
            queueBytesMax = from.queueBytesMax;
            enqueueTimeout = from.enqueueTimeout;
            freeDiskBytesMin = from.freeDiskBytesMin;
            tombstoneGrace = from.tombstoneGrace;
            maintenanceInterval = from.maintenanceInterval;
            workerThreads = from.workerThreads;
            metrics = from.metrics;
            cluster = from.cluster;
        }

        Options toOptions() {
            return new Options(
                    directory,
                    sync,
                    storage,
                    history,
                    watch,
                    requestBytesMax,
                    queueCommandsMax,
                    queueBytesMax,
                    enqueueTimeout,
                    freeDiskBytesMin,
                    tombstoneGrace,
                    maintenanceInterval,
                    workerThreads,
                    metrics,
                    cluster);
        }
    }
}
