package io.hightower.kv.client;

import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sends requests again that failed for a reason which may pass, with growing pauses, until a time is up.
 *
 * <p>Thread-safe. Close it to end its thread: a request that waits for its next attempt gets that one and no other.
 */
public final class Retry implements AutoCloseable {
    private static final long PAUSE_FIRST_MILLIS = 50;
    private static final long PAUSE_MILLIS_MAX = 2_000;

    private final long giveUpNanos;
    private final ScheduledExecutorService timer;

    private Retry(Duration giveUpAfter) {
        this.giveUpNanos = giveUpAfter.toNanos();
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "rest-client-retry");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Prepares to send again for at most {@code giveUpAfter}, counted from the first attempt; the last failure is then the
     * outcome.
     */
    public static Retry within(Duration giveUpAfter) {
        if (giveUpAfter.isNegative()) {
            throw new IllegalArgumentException("A time to give up cannot be negative: giveUpAfter=" + giveUpAfter);
        }
        return new Retry(giveUpAfter);
    }

    /**
     * Sends again after failures that say that nothing happened: {@link NotReplicatedException}, unless the store has failed
     * or is full, and {@link ReadUnavailableException}.
     */
    public <T> CompletableFuture<T> safely(Supplier<CompletableFuture<T>> request) {
        return start(request, Retry::isSafe);
    }

    /**
     * Sends again after those failures, and also when the outcome is unknown. Right for requests that may happen twice: a
     * put or delete of a key that nobody else writes meanwhile. If somebody does, the repetition can undo their write.
     */
    public <T> CompletableFuture<T> idempotently(Supplier<CompletableFuture<T>> request) {
        return start(request, failure -> isSafe(failure) || failure instanceof OutcomeUnknownException);
    }

    private static boolean isSafe(Throwable failure) {
        if (failure instanceof NotReplicatedException notReplicated) {
            return switch (notReplicated.reason()) {
                case OVERLOADED, NO_LEADER, STOPPED -> true;
                case STORE_FAILED, DISK_FULL -> false;
            };
        }
        return failure instanceof ReadUnavailableException;
    }

    private interface Rule {
        boolean allows(Throwable failure);
    }

    private <T> CompletableFuture<T> start(Supplier<CompletableFuture<T>> request, Rule rule) {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        attempt(new Task<>(request, rule, outcome, System.nanoTime() + giveUpNanos), PAUSE_FIRST_MILLIS);
        return outcome;
    }

    private record Task<T>(
            Supplier<CompletableFuture<T>> request, Rule rule, CompletableFuture<T> outcome, long giveUpAtNanos) {}

    private <T> void attempt(Task<T> task, long pauseMillis) {
        CompletableFuture<T> sent;
        try {
            sent = task.request().get();
        } catch (RuntimeException e) {
            task.outcome().completeExceptionally(e);
            return;
        }
        CompletableFuture<T> unused = sent.whenComplete((value, failure) -> {
            if (failure == null) {
                task.outcome().complete(value);
                return;
            }
            Throwable cause = RestCalls.unwrap(failure);
            long pauseNanos = TimeUnit.MILLISECONDS.toNanos(pauseMillis);
            if (!task.rule().allows(cause) || System.nanoTime() + pauseNanos - task.giveUpAtNanos() > 0) {
                task.outcome().completeExceptionally(cause);
                return;
            }
            // Between half and all of the pause, so that requests which failed together do not come back together.
            long jittered = ThreadLocalRandom.current().nextLong(pauseMillis / 2, pauseMillis + 1);
            try {
                ScheduledFuture<?> ignored = timer.schedule(
                        () -> attempt(task, Math.min(PAUSE_MILLIS_MAX, pauseMillis * 2)),
                        jittered,
                        TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                task.outcome().completeExceptionally(cause);
            }
        });
    }

    @Override
    public void close() {
        timer.shutdown();
    }
}
