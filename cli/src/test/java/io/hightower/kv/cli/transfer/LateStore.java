package io.hightower.kv.cli.transfer;

import io.hightower.kv.statemachine.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** A store that answers on a thread of its own, in any order, and may fail. Thread-safe. */
final class LateStore implements RecordSink, AutoCloseable {
    private final RandomGenerator random;
    private final Function<Bytes, Throwable> failures;
    private final Thread answering = new Thread(this::answer, "late-store");

    /** Guarded by this object. */
    private final List<Runnable> waiting = new ArrayList<>();

    private final Map<Bytes, Bytes> content = new HashMap<>();
    private final Set<Bytes> onTheirWay = new HashSet<>();
    private boolean closed;
    private int mostWaiting;

    /**
     * Starts.
     *
     * @param failures what a put of a key fails with; null to store it
     */
    LateStore(RandomGenerator random, Function<Bytes, Throwable> failures) {
        this.random = random;
        this.failures = failures;
        answering.setDaemon(true);
        answering.start();
    }

    @Override
    public synchronized CompletableFuture<?> put(Bytes key, Bytes value) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        if (!onTheirWay.add(key)) {
            answer.completeExceptionally(new AssertionError("two puts of one key at once: " + key));
            return answer;
        }
        waiting.add(() -> {
            Throwable failure = failures.apply(key);
            synchronized (this) {
                onTheirWay.remove(key);
                if (failure == null) {
                    content.put(key, value);
                }
            }
            if (failure == null) {
                answer.complete(null);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        mostWaiting = Math.max(mostWaiting, waiting.size());
        notifyAll();
        return answer;
    }

    private void answer() {
        try {
            for (Runnable next = next(); next != null; next = next()) {
                next.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Runnable next() throws InterruptedException {
        while (waiting.isEmpty() && !closed) {
            wait();
        }
        return waiting.isEmpty() ? null : waiting.remove(random.nextInt(waiting.size()));
    }

    synchronized Map<Bytes, Bytes> content() {
        return Map.copyOf(content);
    }

    synchronized int mostWaiting() {
        return mostWaiting;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
