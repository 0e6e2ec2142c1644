package io.hightower.kv.engine.watch;

import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Reads a watch for a listener: one message after the other, on threads that many deliveries share. After a number of
 * messages it lets others go first. <b>Thread-safe.</b>
 */
public final class Delivery {
    private static final System.Logger LOGGER = System.getLogger(Delivery.class.getName());
    private static final int IN_A_ROW_MAX = 64;

    private final Watch watch;
    private final Consumer<? super WatchMessage> listener;
    private final Executor executor;

    /** How often it was told that there is something to read, since it last found nothing. */
    private final AtomicInteger told = new AtomicInteger();

    private Delivery(Watch watch, Consumer<? super WatchMessage> listener, Executor executor) {
        this.watch = watch;
        this.listener = listener;
        this.executor = executor;
    }

    /** Has every message of a watch given to a listener, by tasks of {@code executor}. Returns the watch. */
    public static Watch begin(Watch watch, Consumer<? super WatchMessage> listener, Executor executor) {
        Delivery delivery = new Delivery(watch, listener, executor);
        watch.onReady(delivery::ready);
        return watch;
    }

    private void ready() {
        if (told.getAndIncrement() == 0) {
            schedule();
        }
    }

    private void schedule() {
        try {
            executor.execute(this::give);
        } catch (RejectedExecutionException e) {
            // The engine is closed, and everything with it.
            watch.close();
        }
    }

    private void give() {
        int before = told.get();
        for (int given = 0; given < IN_A_ROW_MAX; given++) {
            Optional<WatchMessage> next = watch.poll();
            if (next.isEmpty()) {
                if (told.addAndGet(-before) > 0) {
                    schedule();
                }
                return;
            }
            if (!tell(next.get())) {
                return;
            }
        }
        schedule();
    }

    /** Returns false if the listener failed, which ends the watch. */
    private boolean tell(WatchMessage message) {
        try {
            listener.accept(message);
            return true;
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.WARNING, "The listener of a watch failed: it is closed", e);
            watch.close();
            if (e instanceof Error error) {
                throw error;
            }
            return false;
        }
    }
}
