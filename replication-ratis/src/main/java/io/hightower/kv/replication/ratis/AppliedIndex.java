package io.hightower.kv.replication.ratis;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The index up to which this member has applied the log, and those who wait for it to reach theirs.
 *
 * <p><b>Threads.</b> One thread at a time advances, any thread waits. Futures complete on the callback executor.
 */
final class AppliedIndex {
    private final Executor callbacks;

    /** Guards the waiters and the failure. */
    private final ReentrantLock lock = new ReentrantLock();

    private final TreeMap<Long, List<CompletableFuture<Void>>> waiters = new TreeMap<>();

    private volatile long index;
    private volatile boolean awaited;

    AppliedIndex(Executor callbacks, long index) {
        this.callbacks = callbacks;
        this.index = index;
    }

    long index() {
        return index;
    }

    /** Moves forward and wakes up who waited for it. Smaller indices are ignored. */
    void advance(long reached) {
        if (reached <= index) {
            return;
        }
        index = reached;
        // A waiter sets the flag before it looks at the index again, so that one of the two sees the other.
        if (awaited) {
            wakeUp(reached);
        }
    }

    private void wakeUp(long reached) {
        List<CompletableFuture<Void>> ready = new ArrayList<>();
        lock.lock();
        try {
            while (!waiters.isEmpty() && waiters.firstKey() <= reached) {
                ready.addAll(waiters.pollFirstEntry().getValue());
            }
            awaited = !waiters.isEmpty();
        } finally {
            lock.unlock();
        }
        if (!ready.isEmpty()) {
            callbacks.execute(() -> ready.forEach(waiter -> waiter.complete(null)));
        }
    }

    /** Returns a future that completes when everything through {@code wanted} is applied. It may be completed by others. */
    CompletableFuture<Void> await(long wanted) {
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        lock.lock();
        try {
            waiters.computeIfAbsent(wanted, any -> new ArrayList<>()).add(waiter);
            awaited = true;
        } finally {
            lock.unlock();
        }
        wakeUp(index);
        return waiter;
    }

    /** Fails everybody who waits. */
    void failAll(Supplier<RuntimeException> why) {
        List<CompletableFuture<Void>> failed = new ArrayList<>();
        lock.lock();
        try {
            waiters.values().forEach(failed::addAll);
            waiters.clear();
        } finally {
            lock.unlock();
        }
        callbacks.execute(() -> failed.forEach(waiter -> waiter.completeExceptionally(why.get())));
    }
}
