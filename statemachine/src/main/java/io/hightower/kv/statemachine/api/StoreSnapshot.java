package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.StateHash;
import java.io.IOException;
import java.io.OutputStream;

/** A snapshot that is a pinned view of a store. Thread-safe. */
public final class StoreSnapshot implements StateSnapshot {
    private final StateStore store;
    private final StoreView view;

    /** Takes over {@code view}, which shows {@code store}, and closes it in the end. */
    public StoreSnapshot(StateStore store, StoreView view) {
        this.store = store;
        this.view = view;
    }

    @Override
    public AppliedState applied() {
        return view.applied();
    }

    @Override
    public long stateHash() {
        return StateHash.of(view.applied());
    }

    @Override
    public ReadView view() {
        return view;
    }

    @Override
    public long writeTo(OutputStream target) throws IOException {
        return store.export(view, target);
    }

    @Override
    public void close() {
        view.close();
    }
}
