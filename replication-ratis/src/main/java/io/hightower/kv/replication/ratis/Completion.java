package io.hightower.kv.replication.ratis;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The watching of futures whose end somebody wants to learn, and nobody waits for. */
final class Completion {
    private static final System.Logger LOGGER = System.getLogger(Completion.class.getName());

    private Completion() {}

    /** Calls {@code observer} when the future is done, with its result or its failure; what the observer throws is logged. */
    static <T> void observe(CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> observer) {
        CompletableFuture<T> unused = future.whenComplete((result, failure) -> {
            try {
                observer.accept(result, failure);
            } catch (RuntimeException e) {
                LOGGER.log(System.Logger.Level.ERROR, "The end of a future was not dealt with", e);
            }
        });
    }
}
