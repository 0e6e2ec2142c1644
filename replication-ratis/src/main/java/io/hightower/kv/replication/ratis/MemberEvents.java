package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.StateStore;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What follows from the things that the state machine learns from Ratis. Thread-safe; called under locks of Ratis, so nothing
 * here blocks.
 */
final class MemberEvents implements KvStateMachine.Listener, AutoCloseable {
    private final MemberLife life;
    private final Runnable whoWaitsForALeader;
    private final SnapshotCatchUp catchUp;
    private final MemberDirectory directory;
    private final StateStore store;

    MemberEvents(
            MemberLife life,
            Runnable whoWaitsForALeader,
            SnapshotCatchUp catchUp,
            MemberDirectory directory,
            StateStore store) {
        this.life = life;
        this.whoWaitsForALeader = whoWaitsForALeader;
        this.catchUp = catchUp;
        this.directory = directory;
        this.store = store;
    }

    @Override
    public void leadershipChanged() {
        whoWaitsForALeader.run();
    }

    @Override
    public void logFailed(Throwable cause) {
        life.die("The log cannot be written", cause);
    }

    @Override
    public void applyFailed(LogPosition position, Throwable cause) {
        life.die("The state could not be changed: position=" + position, cause);
    }

    @Override
    public CompletableFuture<Optional<LogPosition>> catchUp(
            String leaderId, long firstIndexKept, Consumer<StateStore.Staged> installer) {
        return catchUp.begin(leaderId, firstIndexKept, installer);
    }

    @Override
    public void initialized() {
        directory.requireLogReaches(store.durable());
        if (!directory.needsWelcome()) {
            directory.markStarted();
        }
    }

    @Override
    public void close() {
        catchUp.close();
    }
}
