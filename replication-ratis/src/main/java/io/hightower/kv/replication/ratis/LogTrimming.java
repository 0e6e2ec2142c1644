package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.transfer.KeptLog;
import io.hightower.kv.replication.ratis.transfer.StateSender;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.StateStore;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The dropping of log that a durable state has replaced, by bytes and not held up by members that are away.
 *
 * <p>Ratis itself would count entries, which may be small or large, and asks for a snapshot only while the state is ahead of
 * the last one; here the durable state is the snapshot, so the log is trimmed directly. Thread-safe.
 */
final class LogTrimming {
    private final StateStore store;
    private final RaftMember member;
    private final MemberDirectory directory;
    private final KvStateMachine stateMachine;
    private final long keptBytes;

    private final KeptLog kept;

    /** One thread trims at a time. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile long checkpointedBytes;

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
        this.kept = new KeptLog(keptBytes, System::nanoTime);
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
            long needless = kept.needlessThrough(durableIndex, directory::logBytesAfter);
            long trimmable = directory.trimmableThrough(needless, keptBytes);
            if (trimmable >= 0) {
                member.trim(trimmable);
            }
        } catch (InterruptedException e) {
            // The state is durable all the same; the log is trimmed another time.
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Keeps the log after a state that is on its way to another member; false if that was too much. */
    boolean keep(StateSender.Transfer transfer, Duration longer) {
        return kept.keep(transfer, longer);
    }

    /** Returns about how many bytes of log a restart would apply again. */
    long replayBytes() {
        return stateMachine.appliedBytes() - checkpointedBytes;
    }
}
