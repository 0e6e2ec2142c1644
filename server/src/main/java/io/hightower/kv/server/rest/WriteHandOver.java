package io.hightower.kv.server.rest;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Hands writes to the engine on threads of their own, because handing over waits for room when the engine's queue is full,
 * and the event loop must not wait. Thread-safe.
 *
 * <p>A write that waited too long for such a thread is refused, and one whose client has left is dropped: else the writes of
 * a full queue would wait for each other, each as long as the engine waits for one.
 */
final class WriteHandOver {
    private final Executor threads;
    private final Duration waitMax;

    /**
     * Hands over on {@code threads}.
     *
     * @param threads runs tasks that may wait for the engine; rejects what is too much
     * @param waitMax how long a write may wait for one of them
     */
    WriteHandOver(Executor threads, Duration waitMax) {
        this.threads = threads;
        this.waitMax = waitMax;
    }

    /** Runs {@code write} soon; what it throws becomes the answer. Called on the event loop. */
    void handOver(RestExchange exchange, Runnable write) {
        long queued = System.nanoTime();
        threads.execute(() -> {
            try {
                if (exchange.isClosed()) {
                    exchange.onEventLoop(exchange::clientGone);
                } else {
                    requireInTime(queued);
                    write.run();
                }
            } catch (Throwable failure) {
                // The outermost frame of this task: whatever happened, the client gets to know.
                exchange.onEventLoop(() -> exchange.fail(failure));
            }
        });
    }

    private void requireInTime(long queued) {
        if (System.nanoTime() - queued > waitMax.toNanos()) {
            throw RequestRefused.overloaded("Too many writes wait for the store: waitedMoreThan=" + waitMax);
        }
    }
}
