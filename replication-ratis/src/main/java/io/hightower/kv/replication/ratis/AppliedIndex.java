package io.hightower.kv.replication.ratis;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

    /** Why nobody can wait any more. */
    private @Nullable Supplier<RuntimeException> failure;

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
        if (wanted <= index) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        lock.lock();
        try {
            if (failure != null) {
                return CompletableFuture.failedFuture(failure.get());
            }
            waiters.computeIfAbsent(wanted, any -> new ArrayList<>()).add(waiter);
            awaited = true;
        } finally {
            lock.unlock();
        }
        wakeUp(index);
        CompletableFuture<Void> unused = waiter.whenComplete((reached, gaveUp) -> {
            if (gaveUp != null) {
                forget(wanted, waiter);
            }
        });
        return waiter;
    }

    private void forget(long wanted, CompletableFuture<Void> waiter) {
        lock.lock();
        try {
            List<CompletableFuture<Void>> others = waiters.get(wanted);
            if (others != null && others.removeIf(other -> other == waiter) && others.isEmpty()) {
                waiters.remove(wanted);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many wait. */
    int waiting() {
        lock.lock();
        try {
            return waiters.values().stream().mapToInt(List::size).sum();
        } finally {
            lock.unlock();
        }
    }

    /** Fails everybody who waits, and whoever will. */
    void failAll(Supplier<RuntimeException> why) {
        List<CompletableFuture<Void>> failed = new ArrayList<>();
        lock.lock();
        try {
            failure = why;
            waiters.values().forEach(failed::addAll);
            waiters.clear();
        } finally {
            lock.unlock();
        }
        callbacks.execute(() -> failed.forEach(waiter -> waiter.completeExceptionally(why.get())));
    }
}
