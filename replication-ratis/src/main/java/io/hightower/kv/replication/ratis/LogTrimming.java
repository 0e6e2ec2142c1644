package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.StateStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The dropping of log that a durable state has replaced, by bytes and not held up by members that are away.
 *
 * <p>Ratis itself would count entries, which may be small or large, and asks for a snapshot only while the state is ahead of
 * the last one; here the durable state is the snapshot, so the log is purged directly. Thread-safe.
 */
final class LogTrimming {
    private final StateStore store;
    private final RaftMember member;
    private final MemberDirectory directory;
    private final KvStateMachine stateMachine;
    private final long keptBytes;

    /** Guards every field below, and that one thread trims at a time. */
    private final ReentrantLock lock = new ReentrantLock();

    /** The log that is needed after states on their way to other members, by the transfer. */
    private final Map<Long, Kept> kept = new HashMap<>();

    private volatile long checkpointedBytes;

    /** The log after an index is kept until then, on the monotonic clock. */
    private record Kept(long index, long untilNanos) {}

    LogTrimming(
            StateStore store,
            RaftMember member,
            MemberDirectory directory,
            KvStateMachine stateMachine,
            long keptBytes) {
        this.store = store;
        this.member = member;
        this.directory = directory;
        this.stateMachine = stateMachine;
        this.keptBytes = keptBytes;
    }

    /** Makes the state durable and drops the log files that hold nothing else. */
    void checkpoint() {
        long bytesBefore = stateMachine.appliedBytes();
        LogPosition durable = store.checkpoint();
        checkpointedBytes = bytesBefore;
        member.announceSnapshot(durable.index());
        trim(durable.index());
    }

    private void trim(long durableIndex) {
        lock.lock();
        try {
            long now = System.nanoTime();
            kept.values().removeIf(needed -> now - needed.untilNanos() >= 0);
            long needless = durableIndex;
            for (Kept needed : kept.values()) {
                needless = Math.min(needless, needed.index());
            }
            long purgeable = directory.purgeableThrough(needless, keptBytes);
            if (purgeable >= 0) {
                member.purge(purgeable);
            }
        } catch (InterruptedException e) {
            // The state is durable all the same; the log is trimmed another time.
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Keeps the log after a state that is on its way to another member, which will need it next. */
    void keep(long transfer, LogPosition position, Duration longer) {
        lock.lock();
        try {
            kept.put(transfer, new Kept(position.index(), System.nanoTime() + longer.toNanos()));
        } finally {
            lock.unlock();
        }
    }

    /** Returns about how many bytes of log a restart would apply again. */
    long replayBytes() {
        return stateMachine.appliedBytes() - checkpointedBytes;
    }
}
