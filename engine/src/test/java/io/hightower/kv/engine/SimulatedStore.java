package io.hightower.kv.engine;

import io.hightower.kv.replication.local.LocalOptions;
import io.hightower.kv.replication.local.LocalReplication;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.StoreIdentity;
import io.hightower.kv.storage.log.LogOptions;
import io.hightower.kv.storage.log.SegmentedCommitLog;
import io.hightower.kv.storage.lsm.BackgroundWork;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.lsm.StoreOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * An engine's storage and replication, put together as {@link Assembly} does it, but with everything that runs in the
 * background done on the thread that asks for it, at once or when it is told to: equal steps are equal disk operations.
 */
final class SimulatedStore implements AutoCloseable {
    static final Bytes STORE_ID = Bytes.utf8("0123456789abcdef");

    /** A store that stopped its writes does not catch up here: its background work was done at once, or failed. */
    private static final Duration PATIENCE = Duration.ZERO;

    private final Opened opened = new Opened();
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private LogStructuredStore store;
    private LocalReplication replication;

    /**
     * How a store is kept.
     *
     * @param store its state
     * @param segmentBytes length of a segment of its log
     * @param archivedSegments trimmed segments that are kept
     * @param backgroundEvery flushes and merges wait until so many steps are taken, 0 for not at all. A memtable is full
     *     after about 15: beyond 8 more than one waits
     */
    record Knobs(StoreOptions store, long segmentBytes, int archivedSegments, int backgroundEvery) {
        private static final int KIB = 1024;

        /** A memtable holds about 15 writes of 200 bytes, a table as many, a segment of the log 10. */
        static Knobs tiny() {
            StoreOptions store = new StoreOptions(
                    4 << 20, 4 * KIB, Long.MAX_VALUE, 4 * KIB, true, 4 * KIB, 2, 0, false, false, Metrics.none());
            return new Knobs(store, 2 * KIB, 0, 0);
        }

        Knobs withHistory(boolean kept) {
            return new Knobs(store.withKeepHistory(kept), segmentBytes, archivedSegments, backgroundEvery);
        }

        Knobs withLog(long bytes, int archived) {
            return new Knobs(store, bytes, archived, backgroundEvery);
        }

        Knobs withBackgroundEvery(int steps) {
            return new Knobs(store, segmentBytes, archivedSegments, steps);
        }
    }

    private SimulatedStore() {}

    /** Opens what the disk holds. Whatever fails, nothing stays open. */
    static SimulatedStore open(Disk disk, Knobs knobs) {
        return open(disk, STORE_ID, knobs);
    }

    /** As {@link #open(Disk, Knobs)}; a new store gets that id. */
    static SimulatedStore open(Disk disk, Bytes newId, Knobs knobs) {
        SimulatedStore simulated = new SimulatedStore();
        try {
            simulated.assemble(disk, newId, knobs);
            return simulated;
        } catch (Throwable e) {
            simulated.abandon();
            throw e;
        }
    }

    private void assemble(Disk disk, Bytes newId, Knobs knobs) {
        opened.add(disk.lock());
        Bytes storeId = StoreIdentity.openOrCreate(disk, () -> newId).id();
        Ownership.require(disk, Optional.empty());
        BackgroundWork background = knobs.backgroundEvery() == 0
                ? BackgroundWork.onCallersThread()
                : new BackgroundWork(waiting::add, waiting::add, waiting::clear);
        store = opened.add(LogStructuredStore.open(disk, storeId, knobs.store(), background));
        LogOptions logOptions = LogOptions.defaults(storeId)
                .withSegmentBytes(knobs.segmentBytes())
                .withArchivedSegments(knobs.archivedSegments())
                .withNanoClock(() -> 0)
                .withBackground(Runnable::run);
        SegmentedCommitLog log = opened.add(SegmentedCommitLog.open(disk, logOptions));
        LocalOptions options = new LocalOptions(new Limits(1 << 20), 1024, 16 << 20, PATIENCE, () -> 0, Metrics.none());
        replication = opened.add(LocalReplication.open(new KvState(store), log, options));
    }

    /** Does what waits in the background, and what comes of that. */
    void doBackgroundWork() {
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            task.run();
        }
    }

    LogStructuredStore store() {
        return store;
    }

    LocalReplication replication() {
        return replication;
    }

    @Override
    public void close() {
        opened.close();
    }

    /**
     * Closes what a failed disk or an ended process left open; what fails in it is of no interest any more. The store goes
     * first, so that nobody can flush it.
     */
    void abandon() {
        try {
            if (store != null) {
                store.close();
            }
            opened.close();
        } catch (RuntimeException e) {
            // The disk is gone.
        }
    }
}
