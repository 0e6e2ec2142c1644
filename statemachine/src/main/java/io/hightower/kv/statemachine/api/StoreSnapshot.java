package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.state.StateHash;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** A snapshot that is the pinned state of a store. Thread-safe. */
public final class StoreSnapshot implements StateSnapshot {
    private final StateStore.PinnedState pinned;

    /** Takes over {@code pinned} and closes it in the end. */
    public StoreSnapshot(StateStore.PinnedState pinned) {
        this.pinned = pinned;
    }

    @Override
    public AppliedState applied() {
        return pinned.applied();
    }

    @Override
    public long stateHash() {
        return StateHash.of(pinned.applied());
    }

    @Override
    public ReadView view() {
        return pinned.view();
    }

    @Override
    public List<StateFile> files() {
        return pinned.files();
    }

    @Override
    public InputStream open(StateFile file, long offset) throws IOException {
        return pinned.open(file, offset);
    }

    @Override
    public void close() {
        pinned.close();
    }
}
