package io.hightower.kv.replication.ratis.read;

import io.hightower.kv.statemachine.ReadUnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The linearizable reads of one member: finds an index that covers everything acknowledged before, and waits until this member
 * has applied the log up to it.
 *
 * <p>The index of one round is sought at a time; whoever comes meanwhile shares the next.
 * <b>Threads.</b> Thread-safe; futures complete on the callback executor. <b>Failure.</b> They fail with
 * {@link ReadUnavailableException} when the time is up.
 */
public final class ReadRounds {
    private final IndexSource source;
    private final LongFunction<CompletableFuture<Void>> applied;
    private final long patienceNanos;
    private final Executor callbacks;

    private final SharedRounds<Round> rounds;
    private volatile @Nullable ReadUnavailableException closedBecause;

    /** Readers that share an index. */
    private static final class Round {
        final CompletableFuture<Void> passed = new CompletableFuture<>();
        final long deadlineNanos;

        Round(long deadlineNanos) {
            this.deadlineNanos = deadlineNanos;
        }
    }

    /**
     * Begins no round yet.
     *
     * @param applied gives a future of its own that completes when this member has applied the log up to an index
     * @param patience how long a reader waits at most
     */
    public ReadRounds(
            IndexSource source, LongFunction<CompletableFuture<Void>> applied, Duration patience, Executor callbacks) {
        this.source = source;
        this.applied = applied;
        this.patienceNanos = patience.toNanos();
        this.callbacks = callbacks;
        this.rounds = new SharedRounds<>(() -> new Round(System.nanoTime() + patienceNanos), this::begin);
    }

    /** Completes once a view of this member shows everything that was acknowledged anywhere before the call. */
    public CompletableFuture<Void> await() {
        ReadUnavailableException closed = closedBecause;
        if (closed != null) {
            return CompletableFuture.failedFuture(closed);
        }
        Round mine = rounds.share();
        closed = closedBecause;
        if (closed != null) {
            // Closed meanwhile: nobody else may know of this round.
            mine.passed.completeExceptionally(closed);
        }
        return mine.passed.copy();
    }

    private void begin(Round round) {
        CompletableFuture<Void> unused = confirmed(round)
                .handleAsync(
                        (index, failure) -> {
                            rounds.ended(round);
                            if (index != null) {
                                awaitApplied(round, index);
                            } else if (failure != null) {
                                fail(round, failure);
                            }
                            return null;
                        },
                        callbacks);
    }

    private CompletableFuture<Long> confirmed(Round round) {
        try {
            return source.confirm(round.deadlineNanos);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void awaitApplied(Round round, long index) {
        CompletableFuture<Void> reached = applied.apply(index);
        if (reached.isDone() && !reached.isCompletedExceptionally()) {
            round.passed.complete(null);
            return;
        }
        long nanosLeft = Math.max(1, round.deadlineNanos - System.nanoTime());
        CompletableFuture<Void> bounded = reached.orTimeout(nanosLeft, TimeUnit.NANOSECONDS);
        // Times out on a thread that the whole process shares; what hangs on the round must not run there.
        CompletableFuture<Void> unused = bounded.handleAsync(
                (any, failure) -> {
                    if (failure == null) {
                        round.passed.complete(null);
                    } else if (failure instanceof TimeoutException) {
                        fail(
                                round,
                                new ReadUnavailableException("This member has not caught up in time: index=" + index));
                    } else {
                        fail(round, failure);
                    }
                    return null;
                },
                callbacks);
    }

    private static void fail(Round round, Throwable thrown) {
        Throwable why = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        round.passed.completeExceptionally(
                why instanceof ReadUnavailableException
                        ? why
                        : new ReadUnavailableException("The read could not be confirmed: " + why.getMessage(), why));
    }

    /** Fails whoever waits for an index, and whoever will come. */
    public void close(ReadUnavailableException why) {
        closedBecause = why;
        rounds.drop().forEach(round -> round.passed.completeExceptionally(why));
    }
}
