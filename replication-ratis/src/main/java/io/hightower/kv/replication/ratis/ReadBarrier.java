package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.Result;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The confirmation of linearizable reads by the log: an entry that changes nothing is put into the log, and once this member
 * has applied it, it has applied everything that was acknowledged before. Clocks play no part.
 *
 * <p>One round is under way at a time; whoever comes meanwhile shares the next one, which begins after they came.
 * Thread-safe.
 */
final class ReadBarrier {
    /** Releases no tombstone, for there is none of revision 0. */
    private static final Command.ReleaseTombstones NOTHING = new Command.ReleaseTombstones(0, 1);

    private static final int NOTHING_BYTES = 64;

    private final Predicate<Submission> proposer;
    private final AppliedIndex applied;
    private final long patienceNanos;
    private final Executor callbacks;

    /** Guards the rounds. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable Round underWay;
    private @Nullable Round next;

    /** A barrier and those who share it. */
    private static final class Round {
        final CompletableFuture<Void> passed = new CompletableFuture<>();
        final long deadlineNanos;

        Round(long deadlineNanos) {
            this.deadlineNanos = deadlineNanos;
        }
    }

    /**
     * Makes a barrier.
     *
     * @param proposer takes a submission with precedence; false if it takes none any more
     */
    ReadBarrier(Predicate<Submission> proposer, AppliedIndex applied, Duration patience, Executor callbacks) {
        this.proposer = proposer;
        this.applied = applied;
        this.patienceNanos = patience.toNanos();
        this.callbacks = callbacks;
    }

    static boolean isBarrier(Command command) {
        return command.equals(NOTHING);
    }

    /** Completes once a view of this member shows everything that was acknowledged anywhere before the call. */
    CompletableFuture<Void> await() {
        Round mine;
        boolean begin = false;
        lock.lock();
        try {
            if (next == null) {
                next = new Round(System.nanoTime() + patienceNanos);
            }
            mine = next;
            if (underWay == null) {
                underWay = mine;
                next = null;
                begin = true;
            }
        } finally {
            lock.unlock();
        }
        if (begin) {
            begin(mine);
        }
        return mine.passed.copy();
    }

    private void begin(Round round) {
        Submission submission = new Submission(
                List.of(NOTHING), NOTHING_BYTES, round.deadlineNanos, Submission.LOCAL, new Submission.Receiver() {
                    @Override
                    public void succeeded(long index, List<Result> results) {
                        ended();
                        awaitApplied(round, index);
                    }

                    @Override
                    public void failed(RuntimeException why) {
                        if (mayBeTriedAgain(why) && System.nanoTime() - round.deadlineNanos < 0) {
                            begin(round);
                        } else {
                            ended();
                            fail(round, why);
                        }
                    }
                });
        if (!proposer.test(submission)) {
            ended();
            round.passed.completeExceptionally(new ReadUnavailableException("The store is closed"));
        }
    }

    /** An entry that changes nothing may be in the log more than once. */
    private static boolean mayBeTriedAgain(RuntimeException why) {
        return why instanceof OutcomeUnknownException
                || (why instanceof NotReplicatedException refusal && refusal.reason() == Reason.NO_LEADER);
    }

    private void awaitApplied(Round round, long index) {
        long nanosLeft = Math.max(1, round.deadlineNanos - System.nanoTime());
        CompletableFuture<Void> bounded = applied.await(index).orTimeout(nanosLeft, TimeUnit.NANOSECONDS);
        // Times out on a thread that the whole process shares; what hangs on the round must not run there.
        Completion.observe(
                bounded,
                (reached, failure) -> callbacks.execute(() -> {
                    if (failure == null) {
                        round.passed.complete(null);
                    } else {
                        fail(round, failure);
                    }
                }));
    }

    private static void fail(Round round, Throwable why) {
        round.passed.completeExceptionally(
                why instanceof ReadUnavailableException
                        ? why
                        : new ReadUnavailableException("The read could not be confirmed: " + why.getMessage(), why));
    }

    /** Lets the next round begin. */
    private void ended() {
        Round following;
        lock.lock();
        try {
            following = next;
            next = null;
            underWay = following;
        } finally {
            lock.unlock();
        }
        if (following != null) {
            begin(following);
        }
    }
}
