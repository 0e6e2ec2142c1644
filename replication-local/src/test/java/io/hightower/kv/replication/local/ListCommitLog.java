package io.hightower.kv.replication.local;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.spi.CommitLog;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A commit log in a map: durable means committed, and a commit can be held up or made to fail. For tests. */
final class ListCommitLog implements CommitLog {
    private final NavigableMap<Long, Bytes> durable;

    /** What became durable, trimmed or not. Guarded by {@link #durable}. */
    private final NavigableMap<Long, Bytes> everDurable = new TreeMap<>();

    private final TreeMap<Long, Bytes> appended = new TreeMap<>();
    private final AtomicReference<RuntimeException> nextFailure = new AtomicReference<>();

    /** While this has not come down, commits wait. */
    volatile CountDownLatch gate = new CountDownLatch(0);

    /** Comes down when a commit has begun to wait at the gate. */
    volatile CountDownLatch reached = new CountDownLatch(1);

    /** The thread that committed last. */
    volatile @Nullable Thread committer;

    /** What {@link #syncDueNanos} answers once there was a commit with an entry, until the next without one. */
    volatile long syncDueNanos = NOTHING_TO_SYNC;

    /** Comes down with the first commit that had no entry. */
    final CountDownLatch timedSync = new CountDownLatch(1);

    /** Written by whoever has the turn, and before there is one. */
    private long lastIndex;

    int commits;
    int syncs;

    ListCommitLog() {
        this(new TreeMap<>(), 0);
    }

    private ListCommitLog(NavigableMap<Long, Bytes> durable, long lastIndex) {
        this.durable = durable;
        this.lastIndex = lastIndex;
    }

    /** Returns the log as it is found after a crash. */
    ListCommitLog afterCrash() {
        synchronized (durable) {
            return new ListCommitLog(new TreeMap<>(durable), durable.isEmpty() ? 0 : durable.lastKey());
        }
    }

    void failNextCommit(RuntimeException failure) {
        nextFailure.set(failure);
    }

    NavigableMap<Long, Bytes> entries() {
        synchronized (durable) {
            return new TreeMap<>(durable);
        }
    }

    /** Returns what was ever committed, trimmed since or not. */
    NavigableMap<Long, Bytes> committed() {
        synchronized (durable) {
            return new TreeMap<>(everDurable);
        }
    }

    @Override
    public long firstIndex() {
        return durable.isEmpty() ? lastIndex + 1 : durable.firstKey();
    }

    @Override
    public long lastIndex() {
        return lastIndex;
    }

    @Override
    public void replay(long fromIndex, EntryVisitor visitor) {
        durable.tailMap(fromIndex).forEach(visitor::entry);
    }

    @Override
    public void append(long index, Bytes payload) {
        if (index != lastIndex + 1) {
            throw new IllegalArgumentException("index=" + index + " lastIndex=" + lastIndex);
        }
        appended.put(index, payload);
        lastIndex = index;
    }

    @Override
    public void commit() {
        commits++;
        committer = Thread.currentThread();
        if (appended.isEmpty()) {
            syncDueNanos = NOTHING_TO_SYNC;
            timedSync.countDown();
        }
        reached.countDown();
        awaitGate();
        RuntimeException failure = nextFailure.getAndSet(null);
        if (failure != null) {
            lastIndex -= appended.size();
            appended.clear();
            throw failure;
        }
        makeDurable();
    }

    /** As a disk does, this goes on through interrupts. */
    private void awaitGate() {
        boolean interrupted = false;
        while (gate.getCount() > 0) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void makeDurable() {
        synchronized (durable) {
            durable.putAll(appended);
            everDurable.putAll(appended);
        }
        appended.clear();
    }

    @Override
    public void sync() {
        syncs++;
        makeDurable();
    }

    @Override
    public long syncDueNanos() {
        return syncDueNanos;
    }

    @Override
    public void trim(long throughIndex) {
        synchronized (durable) {
            durable.headMap(throughIndex, true).clear();
        }
    }

    @Override
    public void reset(long nextIndex) {
        synchronized (durable) {
            durable.clear();
        }
        lastIndex = nextIndex - 1;
    }

    @Override
    public long bytes() {
        synchronized (durable) {
            return durable.values().stream().mapToLong(Bytes::length).sum();
        }
    }

    @Override
    public void close() {
        makeDurable();
    }
}
