package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.api.ReplicationStatus;
import io.hightower.kv.statemachine.api.StateSnapshot;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * A replication whose logical time, leadership and answers are moved by the test: what is proposed is applied at once, held
 * back, or refused. <b>Used by one thread at a time.</b>
 */
final class HandMovedReplication implements ReplicationHandle {
    final TreeMapStateStore store = new TreeMapStateStore();

    /** Every command proposed so far, refused ones included. */
    final List<Command> proposed = new ArrayList<>();

    private final KvState state = new KvState(store);
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();
    private final ArrayDeque<Command> preceding = new ArrayDeque<>();
    private boolean isHolding;
    private boolean isRefusing;
    private OptionalLong time = OptionalLong.of(0);

    /** Leads, at this time, which may be before an earlier one. */
    void lead(long millis) {
        time = OptionalLong.of(millis);
    }

    void pass(long millis) {
        time = OptionalLong.of(time.orElseThrow() + millis);
    }

    void follow() {
        time = OptionalLong.empty();
    }

    /** From now on nothing is applied until it is {@link #release released}. */
    void hold() {
        isHolding = true;
    }

    /** Applies what was held back, at the present time, and whatever comes from now on. */
    void release() {
        isHolding = false;
        while (!held.isEmpty()) {
            held.remove().run();
        }
    }

    /** Refuses everything from now on, as a full queue does, or nothing any more. */
    void refuse(boolean refused) {
        isRefusing = refused;
    }

    /** Has another's command come before whatever is proposed next. */
    void precede(Command other) {
        preceding.add(other);
    }

    Result apply(Command command) {
        LogPosition next = new LogPosition(0, store.applied().position().index() + 1);
        long millis = time.orElse(store.applied().logicalTimeMillis());
        return state.apply(next, new Entry(millis, List.of(command))).get(0);
    }

    @Override
    public CompletableFuture<Result> submit(Command command) {
        proposed.add(command);
        while (!preceding.isEmpty()) {
            apply(preceding.remove());
        }
        if (isRefusing) {
            return CompletableFuture.failedFuture(new NotReplicatedException(Reason.OVERLOADED, "Refused by the test"));
        }
        CompletableFuture<Result> answer = new CompletableFuture<>();
        if (isHolding) {
            held.add(() -> answer.complete(apply(command)));
        } else {
            answer.complete(apply(command));
        }
        return answer;
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
        ReplicationStatus.Role role =
                time.isPresent() ? ReplicationStatus.Role.LEADER : ReplicationStatus.Role.FOLLOWER;
        return new ReplicationStatus(
                role, "local", Optional.empty(), store.applied().position(), Optional.empty());
    }

    @Override
    public OptionalLong logicalTimeMillis() {
        return time;
    }

    @Override
    public void flush() {}

    @Override
    public void checkpoint() {}

    @Override
    public long logBytes() {
        return 0;
    }

    @Override
    public StateSnapshot snapshotState() {
        throw new UnsupportedOperationException("No test of leases or compaction exports a state");
    }

    @Override
    public void installSnapshot(StateFiles exported) {
        throw new UnsupportedOperationException("No test of leases or compaction installs a state");
    }

    @Override
    public long latestVersion() {
        return store.applied().latestVersion();
    }

    @Override
    public void close() {
        store.close();
    }
}
