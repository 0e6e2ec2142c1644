package io.hightower.kv.replication.ratis.read;

import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.spi.Metrics;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Read index on any member: the leader confirms itself, the others ask it. When nobody confirms in time although a leader
 * seems to be there, the log decides.
 *
 * <p><b>Threads.</b> Thread-safe, never blocks.
 */
public final class ReadIndex implements IndexSource {
    /** How long to wait before looking again for a leader. */
    private static final long LOOK_AGAIN_MILLIS = 20;

    private final Leadership leadership;
    private final ConfirmationRounds rounds;
    private final Function<String, CompletableFuture<Long>> leader;
    private final IndexSource log;
    private final long patienceNanos;
    private final Executor callbacks;
    private final Metrics.Counter throughLog;
    private final Metrics.Timer confirmTime;

    /**
     * Confirms nothing yet.
     *
     * @param leader asks another member to confirm that it leads; gives its commit index or
     *     {@link ConfirmationRounds#NOT_LEADING}, or fails if it cannot be reached
     * @param log the way through the log
     * @param patience how long a confirmation may take before the log is asked instead
     */
    public ReadIndex(
            ConfirmationRounds rounds,
            Function<String, CompletableFuture<Long>> leader,
            IndexSource log,
            Duration patience,
            Surroundings with) {
        this.leadership = with.leadership();
        this.rounds = rounds;
        this.leader = leader;
        this.log = log;
        this.patienceNanos = patience.toNanos();
        this.callbacks = with.callbacks();
        this.throughLog = with.metrics()
                .counter("ratis.reads.through.log", "Rounds of reads that were confirmed by an entry of the log");
        this.confirmTime =
                with.metrics().timer("ratis.reads.confirm", "Time to confirm one round of linearizable reads");
    }

    /** Whom to ask who leads, where to go on after waiting, and who counts. */
    public record Surroundings(Leadership leadership, Executor callbacks, Metrics metrics) {}

    @Override
    public CompletableFuture<Long> confirm(long deadlineNanos) {
        CompletableFuture<Long> confirmed = new CompletableFuture<>();
        attempt(confirmed, deadlineNanos);
        return confirmed;
    }

    private void attempt(CompletableFuture<Long> confirmed, long deadlineNanos) {
        long started = confirmTime.start();
        CompletableFuture<Void> unused = ask().orTimeout(patienceNanos, TimeUnit.NANOSECONDS)
                .handle((index, failure) -> {
                    if (index != null && index != ConfirmationRounds.NOT_LEADING) {
                        confirmTime.stop(started);
                        confirmed.complete(index);
                    } else {
                        goOn(confirmed, deadlineNanos, failure);
                    }
                    return null;
                });
    }

    private CompletableFuture<Long> ask() {
        if (leadership.termReady() >= 0) {
            return rounds.confirm();
        }
        Optional<String> known = leadership.leaderId();
        return known.isPresent()
                ? leader.apply(known.get())
                : CompletableFuture.completedFuture(ConfirmationRounds.NOT_LEADING);
    }

    private void goOn(CompletableFuture<Long> confirmed, long deadlineNanos, @Nullable Throwable failure) {
        if (System.nanoTime() - deadlineNanos >= 0) {
            confirmed.completeExceptionally(new ReadUnavailableException(
                    "No leader confirmed the read in time" + (failure == null ? "" : ": " + failure.getMessage())));
        } else if (unwrapped(failure) instanceof TimeoutException) {
            // Not on the thread that the whole process shares for timeouts.
            callbacks.execute(() -> askTheLog(confirmed, deadlineNanos));
        } else {
            CompletableFuture.delayedExecutor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS, callbacks)
                    .execute(() -> attempt(confirmed, deadlineNanos));
        }
    }

    private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    private void askTheLog(CompletableFuture<Long> confirmed, long deadlineNanos) {
        throughLog.add(1);
        CompletableFuture<Void> unused = log.confirm(deadlineNanos).handle((index, failure) -> {
            if (index != null) {
                confirmed.complete(index);
            } else if (failure != null) {
                confirmed.completeExceptionally(failure);
            }
            return null;
        });
    }
}
