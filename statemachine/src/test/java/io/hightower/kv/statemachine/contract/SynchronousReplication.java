package io.hightower.kv.statemachine.contract;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.api.ReplicationStatus;
import io.hightower.kv.statemachine.api.StateSnapshot;
import io.hightower.kv.statemachine.api.StoreSnapshot;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.KvState;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * A replication without a log, for tests: a command is applied on the thread that submits it, one at a time, and
 * checkpointed before its future completes. Its logical time stands still.
 *
 * <p><b>Thread-safe.</b> Closing it leaves the store open; the store's owner closes that.
 */
public final class SynchronousReplication implements ReplicationHandle {
    private final StateStore store;
    private final KvState state;
    private final Limits limits;
    private final Object turn = new Object();
    private volatile boolean closed;

    /** Goes on from what {@code store} contains. */
    public SynchronousReplication(StateStore store, Limits limits) {
        this.store = store;
        this.state = new KvState(store);
        this.limits = limits;
    }

    @Override
    public CompletableFuture<Result> submit(Command command) {
        limits.requireWithin(command);
        synchronized (turn) {
            if (closed) {
                return CompletableFuture.failedFuture(new NotReplicatedException(
                        NotReplicatedException.Reason.STOPPED, "The store is closed: member=local"));
            }
            List<Result> results = state.apply(next(), new Entry(0, List.of(command)));
            store.checkpoint();
            return CompletableFuture.completedFuture(results.get(0));
        }
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public StoreView view() {
        return store.view();
    }

    @Override
    public ReplicationStatus status() {
        ReplicationStatus.Role role = closed ? ReplicationStatus.Role.STOPPED : ReplicationStatus.Role.LEADER;
        return new ReplicationStatus(
                role, "local", Optional.of("local"), store.applied().position(), Optional.empty());
    }

    @Override
    public OptionalLong logicalTimeMillis() {
        return closed ? OptionalLong.empty() : OptionalLong.of(store.applied().logicalTimeMillis());
    }

    @Override
    public StateSnapshot snapshotState() {
        return new StoreSnapshot(store.pin());
    }

    @Override
    public void installSnapshot(StateFiles exported) throws IOException {
        try (StateStore.Staged staged = store.stage(exported)) {
            synchronized (turn) {
                staged.install(next());
            }
        }
    }

    @Override
    public long latestVersion() {
        return store.applied().latestVersion();
    }

    @Override
    public long logBytes() {
        return 0;
    }

    @Override
    public void flush() {
        checkpoint();
    }

    @Override
    public void checkpoint() {
        store.checkpoint();
    }

    @Override
    public void close() {
        synchronized (turn) {
            closed = true;
        }
    }

    private LogPosition next() {
        return new LogPosition(0, store.applied().position().index() + 1);
    }
}
