package io.hightower.kv.replication.local;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A state store that asks for delays as it is told, and whose edits can be held up. For tests. */
final class LaggingStateStore implements StateStore {
    private final TreeMapStateStore store = new TreeMapStateStore();

    volatile long writeDelayNanos;

    /** Whether checkpoints fail. */
    volatile boolean failing;

    volatile Optional<String> problem = Optional.empty();

    /** While this has not come down, edits wait. */
    volatile CountDownLatch gate = new CountDownLatch(0);

    /** Comes down when an edit has begun. */
    volatile CountDownLatch reached = new CountDownLatch(1);

    @Override
    public long writeDelayNanos() {
        return writeDelayNanos;
    }

    @Override
    public Optional<String> problem() {
        return problem;
    }

    @Override
    public Edit edit() {
        reached.countDown();
        // As the real ones, it does not mind interrupts.
        while (gate.getCount() > 0) {
            Thread.onSpinWait();
        }
        return store.edit();
    }

    @Override
    public AppliedState applied() {
        return store.applied();
    }

    @Override
    public StoreView view() {
        return store.view();
    }

    @Override
    public LogPosition durable() {
        return store.durable();
    }

    @Override
    public LogPosition checkpoint() {
        if (failing) {
            throw new StorageException("planted");
        }
        return store.checkpoint();
    }

    @Override
    public long memoryBytes() {
        return store.memoryBytes();
    }

    @Override
    public void compact() {
        store.compact();
    }

    @Override
    public PinnedState pin() {
        return store.pin();
    }

    @Override
    public Staged stage(StateFiles source) throws IOException {
        return store.stage(source);
    }

    @Override
    public void close() {
        store.close();
    }
}
