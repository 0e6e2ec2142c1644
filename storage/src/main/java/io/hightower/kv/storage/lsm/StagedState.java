package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.StateStore;

/** A staged state on its way to become the live one. <b>Used by one thread at a time.</b> */
final class StagedState implements StateStore.Staged {
    private final LogStructuredStore store;
    private final StagedFiles files;
    private boolean installed;
    private boolean closed;

    StagedState(LogStructuredStore store, StagedFiles files) {
        this.store = store;
        this.files = files;
    }

    @Override
    public AppliedState applied() {
        return files.applied();
    }

    @Override
    public void install(LogPosition position) {
        if (installed || closed) {
            throw new IllegalStateException("A staged state is installed once, before it is closed");
        }
        installed = true;
        store.install(files, position);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            store.discard(files);
        }
    }
}
