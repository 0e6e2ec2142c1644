package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.Result;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Turns refusals, which are results, into exceptions for callers who asked for one thing. */
public final class Refusals {
    private Refusals() {}

    /**
     * Returns the result unless it is a refusal.
     *
     * @throws RefusedException if it is one
     */
    public static Result thrown(Result result) {
        if (result instanceof Result.Refused refused) {
            throw new RefusedException(refused.refusal());
        }
        return result;
    }

    /**
     * Submits something whose result is of the type unless it is a refusal, with which the future fails. It also fails with
     * whatever submitting throws, so that callers have one place to look at.
     */
    public static <R extends Result> CompletableFuture<R> thrownLater(
            Class<R> type, Supplier<CompletableFuture<Result>> submission) {
        try {
            return submission.get().thenApply(result -> type.cast(thrown(result)));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
