package io.hightower.kv.statemachine.session;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.statemachine.state.Sessions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A state machine behind a way on which commands and answers get lost, as a test wants it. <b>Used by one thread at a time.</b> */
final class UnreliableStore {
    private final TreeMapStateStore store = new TreeMapStateStore();
    private final KvState state = new KvState(store);

    /** What is to become of the next commands; without anything here they are applied and answered. */
    private final Deque<Fate> fates = new ArrayDeque<>();

    /** Commands under way that are not applied yet. */
    final Deque<Command> delayed = new ArrayDeque<>();

    /** Answers that nobody has got yet. */
    final Deque<Runnable> late = new ArrayDeque<>();

    final List<Command> seen = new ArrayList<>();
    long timeMillis;

    /** What becomes of a command. */
    enum Fate {
        APPLIED,
        NO_LEADER,
        OVERLOADED,
        STOPPED,
        DISK_FULL,
        /** The outcome is unknown, and it never happens. */
        LOST,
        /** The outcome is unknown, and it happened. */
        ANSWER_LOST,
        /** The outcome is unknown, and it may happen later. */
        DELAYED,
        /** It happened, and nobody says so, or not before the test wants it. */
        UNANSWERED
    }

    void next(Fate... next) {
        fates.addAll(List.of(next));
    }

    CompletableFuture<Result> submit(Command command) {
        seen.add(command);
        Fate fate = fates.isEmpty() ? Fate.APPLIED : fates.remove();
        return switch (fate) {
            case APPLIED -> CompletableFuture.completedFuture(apply(command));
            case NO_LEADER -> failed(new NotReplicatedException(Reason.NO_LEADER, "nobody leads"));
            case OVERLOADED -> failed(new NotReplicatedException(Reason.OVERLOADED, "too much"));
            case STOPPED -> failed(new NotReplicatedException(Reason.STOPPED, "closed"));
            case DISK_FULL -> failed(new NotReplicatedException(Reason.DISK_FULL, "full"));
            case LOST -> failed(new OutcomeUnknownException("lost"));
            case ANSWER_LOST -> {
                apply(command);
                yield failed(new OutcomeUnknownException("answer lost"));
            }
            case DELAYED -> {
                delayed.add(command);
                yield failed(new OutcomeUnknownException("delayed"));
            }
            case UNANSWERED -> {
                CompletableFuture<Result> answer = new CompletableFuture<>();
                Result result = apply(command);
                late.add(() -> answer.complete(result));
                yield answer;
            }
        };
    }

    private static CompletableFuture<Result> failed(RuntimeException failure) {
        return CompletableFuture.failedFuture(failure);
    }

    Result apply(Command command) {
        LogPosition next = new LogPosition(1, store.applied().position().index() + 1);
        return state.apply(next, new Entry(timeMillis, List.of(command))).get(0);
    }

    /** Has the oldest command that is still under way arrive. */
    void arrive() {
        apply(delayed.remove());
    }

    /** Returns how often a key was written. */
    long writes(String key) {
        return stored(key).map(KeyRecord::version).orElse(0L);
    }

    Optional<KeyRecord> stored(String key) {
        try (StoreView view = store.view()) {
            return StateReading.records(view).stream()
                    .filter(each -> each.key().equals(Bytes.utf8(key)))
                    .findFirst();
        }
    }

    Sessions sessions() {
        try (StoreView view = store.view()) {
            return Sessions.of(view.system());
        }
    }
}
