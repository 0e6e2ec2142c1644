package io.hightower.kv.client;

import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** Waits for futures on behalf of blocking calls, and throws what they failed with instead of a wrapper. */
final class Waiting {
    private Waiting() {}

    static <T> T forRead(CompletableFuture<T> future) {
        return await(future, e -> new ReadUnavailableException("Interrupted while waiting for a read", e));
    }

    static <T> T forWrite(CompletableFuture<T> future) {
        return await(future, e -> new OutcomeUnknownException("Interrupted while waiting for a write", e));
    }

    private static <T> T await(
            CompletableFuture<T> future, Function<InterruptedException, RuntimeException> whenInterrupted) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw whenInterrupted.apply(e);
        } catch (ExecutionException e) {
            Throwable cause = RestCalls.unwrap(e.getCause() == null ? e : e.getCause());
            if (cause instanceof Error error) {
                throw error;
            }
            throw cause instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(cause);
        }
    }
}
