package io.hightower.kv.server.rest;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that wait for engine and clients, so that the event loops need not. Both kinds reject what is too much with a
 * {@link java.util.concurrent.RejectedExecutionException}. Thread-safe.
 */
final class RestThreads implements AutoCloseable {
    /** Streams of whole ranges at a time; each keeps a thread and a read view. */
    static final int STREAMS_MAX = 32;

    /** Writes that hand over at a time. Handing over takes microseconds unless the engine's queue is full. */
    private static final int WRITERS = 2;

    /** Writes that wait for one of those threads; a full engine queue then holds a few thousand more. */
    private static final int WRITES_WAITING_MAX = 4096;

    private static final long IDLE_SECONDS_MAX = 10;
    private static final long END_SECONDS_MAX = 10;

    private final ThreadPoolExecutor streams = new ThreadPoolExecutor(
            0, STREAMS_MAX, IDLE_SECONDS_MAX, TimeUnit.SECONDS, new SynchronousQueue<>(), named("rest-scan"));
    private final ThreadPoolExecutor writes = new ThreadPoolExecutor(
            WRITERS, WRITERS, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WRITES_WAITING_MAX), named("rest-write"));

    /** Runs a task for as long as a client reads its answer. */
    Executor streams() {
        return streams;
    }

    /** Runs tasks that hand a write to the engine. */
    Executor writes() {
        return writes;
    }

    /** Lets running tasks end; those that still do not after a while are interrupted. Idempotent. */
    @Override
    public void close() {
        streams.shutdown();
        writes.shutdown();
        end(streams);
        end(writes);
    }

    private static void end(ThreadPoolExecutor threads) {
        try {
            if (!threads.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private static ThreadFactory named(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
