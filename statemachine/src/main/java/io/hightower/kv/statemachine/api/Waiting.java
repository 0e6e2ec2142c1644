package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.OutcomeUnknownException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Waits for futures on behalf of blocking calls, and throws what they failed with instead of a wrapper. */
public final class Waiting {
    private Waiting() {}

    /**
     * Waits for the future of a command.
     *
     * @throws OutcomeUnknownException if the thread is interrupted; its interrupt flag stays set
     */
    public static <T> T forResult(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OutcomeUnknownException(
                    "Interrupted while waiting for the result; the command may still take effect", e);
        } catch (ExecutionException e) {
            throw unwrapped(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Returns {@code failure} as something to throw: itself if it is unchecked. An error is thrown at once. */
    public static RuntimeException unwrapped(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException unchecked ? unchecked : new CompletionException(cause);
    }
}
