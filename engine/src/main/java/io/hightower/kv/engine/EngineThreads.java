package io.hightower.kv.engine;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Names the engine's threads, and ends them. */
final class EngineThreads {
    private static final long STOP_SECONDS_MAX = 30;

    private EngineThreads() {}

    /** Returns a factory of daemon threads named {@code name-1}, {@code name-2} and so on. */
    static ThreadFactory named(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Interrupts running tasks, waits for them within bounds, and starts no waiting one. */
    static void stop(ExecutorService executor) {
        executor.shutdownNow();
        await(executor);
    }

    /** Lets running and waiting tasks finish, within bounds. */
    static void finish(ExecutorService executor) {
        executor.shutdown();
        await(executor);
    }

    private static void await(ExecutorService executor) {
        try {
            if (!executor.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                System.getLogger(EngineThreads.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "A background task did not end in time: seconds=" + STOP_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
