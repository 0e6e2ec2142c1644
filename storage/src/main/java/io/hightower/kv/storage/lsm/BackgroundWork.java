package io.hightower.kv.storage.lsm;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Who runs flushes and merges. Flushes have an executor of their own, so that they never wait for a merge.
 *
 * @param flushes runs one flush at a time
 * @param merges runs one merge at a time
 * @param end called once when the store is closed: returns when nothing runs any more
 */
public record BackgroundWork(Executor flushes, Executor merges, Runnable end) {
    private static final int STOP_SECONDS_MAX = 60;

    /** Two daemon threads, which end when they have nothing to do, and with the store. */
    public static BackgroundWork ownThreads() {
        ExecutorService flushes = thread("hightower-flush");
        ExecutorService merges = thread("hightower-merge");
        return new BackgroundWork(flushes, merges, () -> {
            stop(flushes);
            stop(merges);
        });
    }

    /** Runs everything on the thread that asks for it, so that equal programs do equal things. For tests and tools. */
    public static BackgroundWork onCallersThread() {
        return new BackgroundWork(Runnable::run, Runnable::run, () -> {});
    }

    private static ExecutorService thread(String name) {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static void stop(ExecutorService executor) {
        executor.shutdown();
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS_MAX);
        while (!executor.isTerminated() && System.nanoTime() < deadline) {
            try {
                if (executor.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                // Files are still being written: the directory may not be given free yet.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void close() {
        end.run();
    }
}
