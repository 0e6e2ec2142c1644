package io.hightower.kv.replication.local;

import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.state.KvState;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The second half of a group's way: applies what is durable and answers its commands, while the next group is on its way to
 * the disk.
 *
 * <p><b>Ordering.</b> Groups are applied in the order in which they were added. Whoever applies does it for all that were
 * added, so it does not matter which of several threads comes first. <b>Failure.</b> After a group that could not be applied
 * no other is; the outcome of their commands is unknown, because the log has them. <b>Threads.</b> Groups are added by
 * whoever has the turn; the rest is thread-safe.
 */
final class Applier {
    /** Guards the state, the taking from {@link #durable}, and {@link #broken}. */
    private final ReentrantLock lock = new ReentrantLock();

    private final ConcurrentLinkedQueue<Group> durable = new ConcurrentLinkedQueue<>();
    private final AtomicInteger backlog = new AtomicInteger();
    private final KvState state;
    private final StoreFailure failure;
    private final Metrics.Counter commandsApplied;
    private final Metrics.Timer groupTime;
    private boolean broken;

    /** An entry that is in the log as durably as promised, with the commands that it came from. */
    record Group(long index, Entry entry, List<Proposal> proposals, long startedNanos) {}

    Applier(KvState state, StoreFailure failure, Metrics metrics) {
        this.state = state;
        this.failure = failure;
        this.commandsApplied = metrics.counter("commands.applied", "Commands applied to the state");
        this.groupTime = metrics.timer("group.commit", "Time to log, sync and apply one group of commands");
    }

    /** Returns where the first failure is kept. */
    StoreFailure failure() {
        return failure;
    }

    /** Begins to time a group. */
    long startTimer() {
        return groupTime.start();
    }

    /** Adds a group for somebody to apply, soon. */
    void add(Group group) {
        backlog.incrementAndGet();
        durable.add(group);
    }

    /** Returns how many groups wait to be applied, about. */
    int backlog() {
        return backlog.get();
    }

    /** Applies all that was added before the call; it is applied and answered on return, be it by another thread. */
    void applyAll() {
        lock.lock();
        try {
            for (Group group = durable.poll(); group != null; group = durable.poll()) {
                apply(group);
                backlog.decrementAndGet();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Applies all that was added, then runs {@code action} while nothing is applied. */
    void whileIdle(Runnable action) {
        lock.lock();
        try {
            applyAll();
            action.run();
        } finally {
            lock.unlock();
        }
    }

    /** Applies an entry that was in the log when it was opened. */
    void recover(long index, Entry entry) {
        state.apply(positionOf(index), entry);
    }

    private void apply(Group group) {
        try {
            if (broken) {
                Proposal.failAll(
                        group.proposals(),
                        new OutcomeUnknownException(
                                "The store failed before it applied the command, which its log has",
                                failure.refusal()));
                return;
            }
            broken = true;
            List<Result> results = state.apply(positionOf(group.index()), group.entry());
            broken = false;
            for (int i = 0; i < results.size(); i++) {
                group.proposals().get(i).answer().complete(results.get(i));
            }
            commandsApplied.add(results.size());
            groupTime.stop(group.startedNanos());
        } catch (Throwable e) {
            // Applying may not fail, answering and counting do not; whoever waits must hear of it all the same.
            failure.stopFor(e);
            Proposal.failAll(
                    group.proposals(), new OutcomeUnknownException("The store failed while it applied the command", e));
        }
    }

    private static LogPosition positionOf(long index) {
        return new LogPosition(0, index);
    }
}
