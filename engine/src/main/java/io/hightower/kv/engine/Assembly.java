package io.hightower.kv.engine;

import io.hightower.kv.engine.watch.WatchHub;
import io.hightower.kv.replication.local.LocalOptions;
import io.hightower.kv.replication.local.LocalReplication;
import io.hightower.kv.replication.ratis.RatisOptions;
import io.hightower.kv.replication.ratis.RatisOptions.InitialState;
import io.hightower.kv.replication.ratis.RatisReplication;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.FileDisk;
import io.hightower.kv.storage.file.StoreIdentity;
import io.hightower.kv.storage.log.LogOptions;
import io.hightower.kv.storage.log.SegmentedCommitLog;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The putting together of an engine: takes the directory, reads its identity, opens the store, then the log or the cluster.
 * Whatever fails, what was opened before is closed again. <b>Used by one thread at a time.</b>
 */
final class Assembly {
    /** Kept by the replication alone, beside the files of the store. */
    static final String CLUSTER_LOG_DIRECTORY = "raft";

    private static final int STORE_ID_BYTES = 16;

    /** Asynchronous readers that wait for a thread; their callers hold memory, and beyond seconds of work nobody waits. */
    static final int READERS_WAITING_MAX = 4096;

    private final Options options;
    private final Opened opened;

    Assembly(Options options) {
        this(options, new Opened());
    }

    /** Prepares an engine, or a part of one, whose parts are put into {@code opened}. */
    Assembly(Options options, Opened opened) {
        this.options = options;
        this.opened = opened;
    }

    /** Opens an engine on the directory of the options. */
    LocalEngine open() {
        return open(FileDisk.open(options.directory()));
    }

    /** Opens an engine on any disk; the directory of the options is then only a name. */
    LocalEngine open(Disk disk) {
        try {
            opened.add(disk.lock());
            return assemble(disk);
        } catch (Throwable e) {
            try {
                opened.close();
            } catch (RuntimeException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    static LocalEngine inMemory() {
        // The disk is memory too: short segments and frequent checkpoints keep what lies on it small.
        Options options = Options.at(Path.of("memory"))
                .withSegmentBytes(1 << 20)
                .withCheckpointLogBytes(16 << 20)
                .withMemoryBytesMax(32 << 20)
                .withFreeDiskBytesMin(0);
        return new Assembly(options).open(SimulatedDisk.empty());
    }

    private LocalEngine assemble(Disk disk) {
        Bytes storeId = StoreIdentity.openOrCreate(disk, Assembly::newStoreId).id();
        Ownership.complete(disk, options.directory().resolve(CLUSTER_LOG_DIRECTORY));
        boolean memberBefore = Ownership.require(disk, options.cluster());
        LogStructuredStore store = opened.add(openStore(disk, storeId));
        // Closed in the reverse order: the replication completes futures, and the workers run what hangs on them.
        ReplicatedEngine.Workers workers = new ReplicatedEngine.Workers(answers(), readers(), listeners());
        opened.add(() -> EngineThreads.finish(workers.listeners()));
        opened.add(() -> EngineThreads.finish(workers.readers()));
        opened.add(() -> EngineThreads.finish(workers.answers()));
        SessionSurroundings sessions = opened.add(new SessionSurroundings(workers.answers()));
        Admission admission = new Admission(disk, options);
        WatchHub watches = opened.add(new WatchHub(store, options.watch(), options.metrics()));
        KvState state = new KvState(store, watches);
        ReplicationHandle replication = opened.add(
                options.cluster().isPresent()
                        ? member(options.cluster().get(), disk, state, memberBefore, admission)
                        : alone(disk, state, storeId));
        Maintenance maintenance = opened.add(new Maintenance(replication, store, admission, options, System::nanoTime));
        maintenance.start(options.maintenanceInterval());
        LeaseExpiry leases = opened.add(new LeaseExpiry(replication, timeEntryMillis()));
        leases.start();
        options.metrics().gauge("leases", "Leases that this member ends while it leads", leases::count);
        Checkpoints checkpoints = new Checkpoints(disk, store);
        return new ReplicatedEngine(new ReplicatedEngine.Parts(
                replication,
                watches,
                admission,
                maintenance,
                new ReplicatedEngine.Timed(leases, sessions),
                checkpoints,
                workers,
                opened));
    }

    private ExecutorService answers() {
        return Executors.newFixedThreadPool(options.workerThreads(), EngineThreads.named("hightower-answer"));
    }

    private long timeEntryMillis() {
        return options.cluster().isPresent() ? LeaseExpiry.TIME_ENTRY_MILLIS : LeaseExpiry.TIME_ENTRY_ALONE_MILLIS;
    }

    private ExecutorService listeners() {
        return Executors.newFixedThreadPool(options.workerThreads(), EngineThreads.named("hightower-listener"));
    }

    private ExecutorService readers() {
        return new ThreadPoolExecutor(
                options.workerThreads(),
                options.workerThreads(),
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(READERS_WAITING_MAX),
                EngineThreads.named("hightower-reader"),
                Assembly::refuseReader);
    }

    private static void refuseReader(Runnable reader, ThreadPoolExecutor readers) {
        if (readers.isShutdown()) {
            throw new ReadUnavailableException("The store is closed");
        }
        throw new ReadUnavailableException(
                "Too many readers wait: readersMax=" + READERS_WAITING_MAX,
                new RejectedExecutionException("The queue of readers is full"));
    }

    LogStructuredStore openStore(Disk disk, Bytes storeId) {
        return LogStructuredStore.open(
                disk,
                storeId,
                options.storage()
                        .toStoreOptions(options.history(), options.metrics())
                        .withReservedDiskBytes(options.freeDiskBytesMin()));
    }

    ReplicationHandle alone(Disk disk, KvState state, Bytes storeId) {
        // Only a member, whose leader sends again, would go on with what arrived.
        state.store().discardIncoming();
        StorageOptions storage = options.storage();
        LogOptions logOptions = LogOptions.defaults(storeId)
                .withSegmentBytes(storage.segmentBytes())
                .withArchivedSegments(storage.archivedSegments())
                .withSyncPolicy(options.sync())
                .withMetrics(options.metrics());
        SegmentedCommitLog log = opened.add(SegmentedCommitLog.open(disk, logOptions));
        return LocalReplication.open(state, log, localOptions());
    }

    private ReplicationHandle member(
            ClusterOptions cluster, Disk disk, KvState state, boolean memberBefore, Admission admission) {
        RatisOptions memberOptions = memberOptions(cluster, memberBefore).withFloor(admission);
        RatisReplication member = RatisReplication.open(memberOptions, state, options.metrics());
        try {
            Ownership.record(disk, cluster);
            return member;
        } catch (Throwable e) {
            member.close();
            throw e;
        }
    }

    private LocalOptions localOptions() {
        return new LocalOptions(
                new Limits(options.requestBytesMax()),
                options.queueCommandsMax(),
                options.queueBytesMax(),
                options.enqueueTimeout(),
                System::nanoTime,
                options.metrics());
    }

    RatisOptions memberOptions(ClusterOptions cluster, boolean memberBefore) {
        RatisOptions.Identity identity = new RatisOptions.Identity(
                cluster.name(),
                cluster.addresses().peer(),
                cluster.addresses().listen(),
                cluster.initialCluster(),
                initialState(cluster, memberBefore),
                cluster.initialClusterToken());
        RatisOptions plain = RatisOptions.of(identity, options.directory().resolve(CLUSTER_LOG_DIRECTORY))
                .withLimits(new Limits(options.requestBytesMax()))
                .withQueue(new RatisOptions.Queue(
                        options.queueCommandsMax(), options.queueBytesMax(), options.enqueueTimeout()))
                .withTuning(RatisOptions.Tuning.defaults()
                        .withSegmentBytes(options.storage().segmentBytes())
                        .withBatchCommandsMax(cluster.log().batchCommandsMax())
                        .withLogBytesKept(cluster.log().bytesKept())
                        .withTransferBytesPerSecond(cluster.log().transferBytesPerSecond()))
                .withRequestTimeout(cluster.requestTimeout())
                .withElectionTimeout(
                        cluster.electionTimeout(), cluster.electionTimeout().multipliedBy(2))
                .withOnDeath(cluster.onDeath());
        return cluster.peerTls().map(plain::withPeerTls).orElse(plain);
    }

    private static InitialState initialState(ClusterOptions cluster, boolean memberBefore) {
        if (memberBefore) {
            // Who was a member and has lost its log may have confirmed what nobody else has: it must not begin anew.
            return InitialState.USED;
        }
        return cluster.initialClusterState() == ClusterOptions.InitialState.NEW
                ? InitialState.NEW
                : InitialState.EXISTING;
    }

    private static Bytes newStoreId() {
        byte[] id = new byte[STORE_ID_BYTES];
        new SecureRandom().nextBytes(id);
        return Bytes.wrap(id);
    }
}
