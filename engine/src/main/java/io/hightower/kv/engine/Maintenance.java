package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.api.ReplicationStatus;
import io.hightower.kv.statemachine.spi.StateStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What the engine does unasked: looks at the disk, drops the log that the store has made durable, checkpoints when much log
 * was written all the same, proposes the release of tombstones whose grace has passed, has expired sessions forgotten, and has
 * history compacted.
 *
 * <p>The age of a tombstone is not stored: it is old enough when its revision had been reached a grace period ago, as {@link
 * RevisionNotes} have it. <b>Threads.</b> One thread for the short duties, one for checkpoints, so that a long checkpoint does not hide a
 * disk that fills up.
 */
final class Maintenance implements AutoCloseable {
    /** Tombstones released by one command; bounds the time that applying it takes. */
    private static final int RELEASED_AT_ONCE = 1000;

    /** Notes per grace period: a release is late by at most one part in so many. */
    private static final int NOTES_PER_GRACE = 16;

    private final ReplicationHandle replication;
    private final StateStore store;
    private final Admission admission;
    private final long checkpointLogBytes;
    private final RevisionNotes graceNotes;
    private final AutoCompaction compaction;
    private final SessionExpiry sessions;
    private final ScheduledExecutorService duties;
    private final ScheduledExecutorService checkpoints;
    private final Duty dutiesDone = new Duty("The background work");
    private final Duty compactionDone = new Duty("Compacting history");
    private final Duty sessionsDone = new Duty("Forgetting expired sessions");
    private final Duty checkpointsDone = new Duty("Writing checkpoints");

    Maintenance(
            ReplicationHandle replication,
            StateStore store,
            Admission admission,
            Options options,
            LongSupplier nanoClock) {
        this.replication = replication;
        this.store = store;
        this.admission = admission;
        this.checkpointLogBytes = options.storage().checkpointLogBytes();
        long graceNanos = options.tombstoneGrace().toNanos();
        this.graceNotes = new RevisionNotes(
                nanoClock, () -> store.applied().revision(), graceNanos, graceNanos / NOTES_PER_GRACE);
        this.compaction = new AutoCompaction(replication, store, options.history(), nanoClock);
        this.sessions = new SessionExpiry(replication);
        this.duties = Executors.newSingleThreadScheduledExecutor(EngineThreads.named("hightower-maintenance"));
        this.checkpoints = Executors.newSingleThreadScheduledExecutor(EngineThreads.named("hightower-checkpoint"));
    }

    /** Begins to work every {@code interval}. */
    void start(Duration interval) {
        long nanos = interval.toNanos();
        repeat(duties, dutiesDone.guarding(this::doDuties), nanos);
        repeat(duties, compactionDone.guarding(compaction::tend), nanos);
        repeat(duties, sessionsDone.guarding(sessions::tend), nanos);
        repeat(checkpoints, checkpointsDone.guarding(this::checkpointIfDue), nanos);
    }

    private static void repeat(ScheduledExecutorService executor, Runnable duty, long nanos) {
        // Nobody has to look at the future: a guarded duty does not fail, and closing ends it.
        ScheduledFuture<?> unused = executor.scheduleWithFixedDelay(duty, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /** Returns what fails in the background or in the store at the moment, in words for an operator. Cheap, never blocks. */
    Optional<String> problem() {
        return store.problem()
                .or(checkpointsDone::problem)
                .or(dutiesDone::problem)
                .or(compactionDone::problem)
                .or(sessionsDone::problem);
    }

    /** Forgets which revision was reached when: another state has taken the place of the one that the notes are about. */
    void stateReplaced() {
        graceNotes.forget();
        compaction.stateReplaced();
    }

    /**
     * Does everything once, on the calling thread, whether due or not; the grace of tombstones and the retention of history are
     * still kept.
     */
    void runNow() {
        admission.refresh();
        releaseTombstones();
        sessions.tend();
        compaction.compactNow();
        store.compact();
        // The log that merging has not dropped yet; the state was written by then, so this costs little.
        replication.checkpoint();
    }

    private void doDuties() {
        admission.refresh();
        store.tend();
        if (replication.status().role() == ReplicationStatus.Role.LEADER) {
            releaseTombstones();
        }
    }

    private void checkpointIfDue() {
        if (replication.logBytes() >= checkpointLogBytes) {
            replication.checkpoint();
        } else {
            replication.trimLog();
        }
    }

    private void releaseTombstones() {
        long throughRevision = graceNotes.pastAge();
        if (store.applied().tombstones() == 0
                || throughRevision <= store.applied().releasedRevision()) {
            return;
        }
        boolean more = true;
        while (more && !Thread.currentThread().isInterrupted()) {
            Result result = replication.submitAndWait(new Command.ReleaseTombstones(throughRevision, RELEASED_AT_ONCE));
            more = ((Result.ReleaseResult) result).more();
            // Much may be released: looking at the disk cannot wait for the end of it.
            admission.refresh();
        }
    }

    @Override
    public void close() {
        EngineThreads.stop(duties);
        EngineThreads.stop(checkpoints);
    }
}
