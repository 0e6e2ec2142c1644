package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.StateStore;
import java.util.concurrent.atomic.AtomicBoolean;

/** A verified snapshot in a synced temporary file, with its records in memory. <b>Used by one thread at a time.</b> */
final class StagedSnapshot implements StateStore.Staged {
    private final MemoryStateStore store;
    private final TemporaryFile temporary;
    private final StoreRoot root;
    private final AtomicBoolean done = new AtomicBoolean();

    StagedSnapshot(MemoryStateStore store, TemporaryFile temporary, StoreRoot root) {
        this.store = store;
        this.temporary = temporary;
        this.root = root;
    }

    @Override
    public AppliedState applied() {
        return root.applied();
    }

    @Override
    public void install(LogPosition position) {
        if (done.get()) {
            throw new IllegalStateException("The staged snapshot was installed or closed");
        }
        store.install(temporary, root.at(root.applied().at(position)));
        done.set(true);
        temporary.close();
    }

    @Override
    public void close() {
        if (done.compareAndSet(false, true)) {
            store.discard(temporary);
        }
    }
}
