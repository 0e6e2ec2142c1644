package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.Result;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Commands that are proposed together, and who wants to know what became of them.
 *
 * <p>It is waiting, then dispatched, then settled, and can only go back from dispatched to waiting when it is certain that
 * nobody took it. So whoever settles it knows whether it can have happened. Thread-safe.
 */
final class Submission {
    /** Where commands came from, as far as it matters for proposing them. */
    interface Origin {
        /**
         * Tells whether this member, leading in that term, may propose them; -1 if it does not lead. Having said no once, it
         * says no ever after.
         */
        boolean allows(long termLed);
    }

    /** Commands of this member itself: forwarded to the leader if this member does not lead. */
    static final Origin LOCAL = termLed -> true;

    /** Receives what became of a submission, once, on a callback thread. */
    interface Receiver {
        /** Takes the results of all commands, in order, and the index of the log entry that they were in. */
        void succeeded(long index, List<Result> results);

        /** Takes the reason why there are no results. */
        void failed(RuntimeException why);

        /** Takes notice that this member may not propose it. Called in order, on the proposer thread: must not block. */
        default void refused() {
            failed(new NotReplicatedException(Reason.NO_LEADER, "The member asked does not lead"));
        }
    }

    private enum Stage {
        WAITING,
        DISPATCHED,
        SETTLED
    }

    private final List<Command> commands;
    private final int bytes;
    private final long deadlineNanos;
    private final Origin origin;
    private final Receiver receiver;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);

    /**
     * Begins a submission that waits.
     *
     * @param bytes upper bound of what the commands take in an entry
     * @param deadlineNanos on the monotonic clock
     */
    Submission(List<Command> commands, int bytes, long deadlineNanos, Origin origin, Receiver receiver) {
        this.commands = commands;
        this.bytes = bytes;
        this.deadlineNanos = deadlineNanos;
        this.origin = origin;
        this.receiver = receiver;
    }

    List<Command> commands() {
        return commands;
    }

    int bytes() {
        return bytes;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Tells whether this member, leading in that term, may propose it; -1 if it does not lead. */
    boolean isAllowed(long termLed) {
        return origin.allows(termLed);
    }

    boolean isLocal() {
        return origin == LOCAL;
    }

    boolean isExpired(long nowNanos) {
        return nowNanos - deadlineNanos >= 0;
    }

    boolean isWaiting() {
        return stage.get() == Stage.WAITING;
    }

    /** Marks it as on its way; false if it was settled meanwhile. */
    boolean dispatch() {
        return stage.compareAndSet(Stage.WAITING, Stage.DISPATCHED);
    }

    /** Takes back {@link #dispatch} after a certain refusal; false if it was settled meanwhile. */
    boolean undispatch() {
        return stage.compareAndSet(Stage.DISPATCHED, Stage.WAITING);
    }

    /** Claims the right to fail it as never replicated; false if it is on its way or settled. */
    boolean settleWaiting() {
        return stage.compareAndSet(Stage.WAITING, Stage.SETTLED);
    }

    /** Claims the right to settle it after it was dispatched; false if it is settled. */
    boolean settleDispatched() {
        return stage.compareAndSet(Stage.DISPATCHED, Stage.SETTLED);
    }

    /** Called by whoever claimed the right, on a callback thread. */
    Receiver receiver() {
        return receiver;
    }
}
