package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.SystemWrite;
import io.hightower.kv.statemachine.api.Refusals;
import io.hightower.kv.statemachine.api.SystemSpace;
import io.hightower.kv.statemachine.spi.StoreView;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The system key space of an engine. Thread-safe. */
final class ReplicatedSystemSpace implements SystemSpace {
    private final ReplicatedEngine engine;

    ReplicatedSystemSpace(ReplicatedEngine engine) {
        this.engine = engine;
    }

    @Override
    public SystemRecords read() {
        return engine.readStore(StoreView::system);
    }

    @Override
    public CompletableFuture<SystemRecords> readAsync() {
        return engine.readStoreAsync(StoreView::system);
    }

    @Override
    public SystemRecords local() {
        return engine.readLocally(StoreView::system);
    }

    @Override
    public Result.SystemResult write(List<SystemWrite> writes) {
        return (Result.SystemResult) engine.submit(new Command.WriteSystem(writes));
    }

    @Override
    public CompletableFuture<Result.SystemResult> writeAsync(List<SystemWrite> writes) {
        return Refusals.thrownLater(
                Result.SystemResult.class, () -> engine.submitAsync(new Command.WriteSystem(writes)));
    }
}
