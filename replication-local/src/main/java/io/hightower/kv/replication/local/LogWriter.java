package io.hightower.kv.replication.local;

import io.hightower.kv.replication.local.Applier.Group;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.spi.CommitLog;
import io.hightower.kv.statemachine.spi.Pacing;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.time.LogicalClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * The first half of a group's way: logs the commands as one entry, makes it durable and hands it on to be applied.
 *
 * <p>Either the writer thread does it, for all that waits in the queue, or a caller that found the queue empty, for its own
 * command. <b>Failure.</b> The first failure of log or state is kept: from then on nothing is logged, every command is
 * refused with that cause, and only reopening helps. A full disk is no such failure, because the log has taken the group
 * back. <b>Threads.</b> Used by whoever has the turn, except {@link #busySinceNanos}, {@link #logicalTimeMillis}
 * and {@link #replayBytes}.
 */
final class LogWriter implements Runnable {
    /** Bounds one entry, and with it the time that applying it takes and the memory that replaying it needs. */
    private static final long ENTRY_BYTES_MAX = 1024 * 1024;

    /** So many groups may be durable and not applied: beyond that the writer thread applies, too. */
    private static final int BACKLOG_MAX = 2;

    /** Returned by {@link #busySinceNanos} while nobody has the turn. */
    static final long IDLE = Long.MIN_VALUE;

    private final CommandQueue queue;
    private final CommitLog log;
    private final StateStore store;
    private final Applier applier;
    private final Pacing pacing;
    private final StoreFailure failure;
    private final LongSupplier nanoClock;
    private final Duration stoppedTimeout;
    private final ReplayLength replayLength = new ReplayLength();

    /** Where entries get their time from. Replaced with the state, with the turn. */
    private volatile LogicalClock logicalClock;

    private volatile long busySinceNanos = IDLE;

    LogWriter(CommandQueue queue, CommitLog log, StateStore store, Applier applier, LocalOptions options) {
        this.queue = queue;
        this.log = log;
        this.store = store;
        this.applier = applier;
        this.pacing = new Pacing(store::writeDelayNanos, System::nanoTime, LogWriter::sleep);
        this.failure = applier.failure();
        this.nanoClock = options.nanoClock();
        this.logicalClock = clockOfTheState();
        this.stoppedTimeout = options.enqueueTimeout();
    }

    /** Sleeps through interrupts, which end nothing here, and leaves the flag set. */
    private static void sleep(long nanos) {
        boolean interrupted = Thread.interrupted();
        LockSupport.parkNanos(nanos);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Brings the store up to the end of the log, and the log to where the store stands if that is further. */
    void recover() {
        long durable = store.durable().index();
        log.replay(durable + 1, (index, payload) -> {
            applier.recover(index, EntryCodec.decode(payload));
            replayLength.add(index, payload.length());
        });
        if (log.lastIndex() < durable) {
            log.reset(durable + 1);
        }
        stateReplaced();
    }

    /** Has logical time go on from where the state stands: another one than that of the log's entries is the live one. */
    void stateReplaced() {
        logicalClock = clockOfTheState();
    }

    private LogicalClock clockOfTheState() {
        return new LogicalClock(nanoClock, store.applied().logicalTimeMillis());
    }

    /** Logs and applies on the calling thread, which must have the turn. False, with nothing done, if writes are stopped. */
    boolean writeInline(Proposal proposal) {
        boolean added = false;
        long syncDueNanos = 0;
        try {
            busySinceNanos = System.nanoTime();
            if (!pacing.pay()) {
                return false;
            }
            added = log(List.of(proposal));
            syncDueNanos = syncDueNanos();
        } finally {
            busySinceNanos = IDLE;
            queue.endTurn(syncDueNanos);
        }
        if (added) {
            applier.applyAll();
        }
        return true;
    }

    @Override
    public void run() {
        while (queue.awaitTurn()) {
            long syncDueNanos = 0;
            try {
                busySinceNanos = System.nanoTime();
                writeWhatWaits();
                syncDueNanos = syncDueNanos();
            } catch (Throwable e) {
                // Nothing here is expected to fail. What was taken has been answered, the rest is refused next time.
                failure.stopFor(e);
            } finally {
                busySinceNanos = IDLE;
                queue.endTurn(syncDueNanos);
            }
        }
        applier.applyAll();
    }

    private void writeWhatWaits() {
        for (Runnable task : queue.takeTasks()) {
            applier.whileIdle(task);
        }
        store.failure().ifPresent(failure::stopFor);
        if (failure.isPresent() || pacing.pay()) {
            List<Proposal> group = queue.take(ENTRY_BYTES_MAX);
            if (group.isEmpty()) {
                syncWhatIsDue();
            } else if (log(group)) {
                haveApplied(group);
            }
            if (store.writeDelayNanos() > 0) {
                refuseWhatWaitedTooLong();
            }
        } else {
            refuseWhatWaitedTooLong();
            pacing.pause();
        }
    }

    private void refuseWhatWaitedTooLong() {
        List<Proposal> late = queue.takeSubmittedBefore(System.nanoTime() - stoppedTimeout.toNanos());
        if (!late.isEmpty()) {
            Proposal.failAll(
                    late,
                    new NotReplicatedException(
                            Reason.OVERLOADED,
                            "Writes are stopped until the store has caught up: waited=" + stoppedTimeout + " store="
                                    + store.problem().orElse("its background work lags behind")));
        }
    }

    /** Has a caller of the group apply it, so that this thread can go on to the next group. */
    private void haveApplied(List<Proposal> group) {
        if (applier.backlog() <= BACKLOG_MAX) {
            for (Proposal proposal : group) {
                if (proposal.answer() instanceof ParkedCaller caller && caller.appoint()) {
                    return;
                }
            }
        }
        applier.applyAll();
    }

    /** Makes a group durable and hands it on to the applier; if that fails, its commands are answered. */
    private boolean log(List<Proposal> group) {
        if (failure.isPresent()) {
            Proposal.failAll(group, failure.refusal());
            return false;
        }
        try {
            long started = applier.startTimer();
            Entry entry = new Entry(logicalClock.nowMillis(), commandsOf(group));
            Bytes payload = EntryCodec.encode(entry);
            long index = log.lastIndex() + 1;
            log.append(index, payload);
            log.commit();
            replayLength.add(index, payload.length());
            pacing.owe(payload.length());
            applier.add(new Group(index, entry, group, started));
            return true;
        } catch (DiskFullException e) {
            Proposal.failAll(
                    group, new NotReplicatedException(Reason.DISK_FULL, "The disk is full: nothing was written", e));
        } catch (Throwable e) {
            failure.stopFor(e);
            Proposal.failAll(
                    group, new OutcomeUnknownException("The store failed while it made the command durable", e));
        }
        return false;
    }

    private static List<Command> commandsOf(List<Proposal> group) {
        if (group.size() == 1) {
            return List.of(group.get(0).command());
        }
        List<Command> commands = new ArrayList<>(group.size());
        for (Proposal proposal : group) {
            commands.add(proposal.command());
        }
        return commands;
    }

    private void syncWhatIsDue() {
        if (failure.isPresent()) {
            return;
        }
        try {
            log.commit();
        } catch (Throwable e) {
            failure.stopFor(e);
        }
    }

    private long syncDueNanos() {
        return failure.isPresent() ? CommitLog.NOTHING_TO_SYNC : log.syncDueNanos();
    }

    /** Returns since when somebody has been at the present group, or {@link #IDLE}. Any thread may ask. */
    long busySinceNanos() {
        return busySinceNanos;
    }

    /** Returns the time that the next entry would have. Any thread may ask. */
    long logicalTimeMillis() {
        return logicalClock.nowMillis();
    }

    /** Returns about how many bytes of entries lie beyond what the store has made durable. Any thread may ask. */
    long replayBytes() {
        return replayLength.beyond(store.durable().index());
    }
}
