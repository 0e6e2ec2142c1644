package io.hightower.kv.statemachine.session;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.TooLargeException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call of a session and what is known of it. <b>Guarded by the lock of its session</b>, but for the answer. */
final class SessionCall {
    /** What a call wants of the session. */
    enum Kind {
        OPEN,
        COMMAND,
        CLOSE
    }

    private static final long PAUSE_NANOS_FIRST = 2_000_000;
    private static final long PAUSE_NANOS_MAX = 100_000_000;

    final Kind kind;

    /** What a {@link Kind#COMMAND} is about. */
    final Command command;

    final CompletableFuture<Result> answer = new CompletableFuture<>();

    /** Whether the command has the session's last number. */
    boolean isNumbered;

    /** Whether the command was sent and is not answered yet. */
    boolean isSent;

    /** Whether an attempt ended without its outcome being known: the command may have been applied, or be applied later. */
    boolean isUncertain;

    boolean isFinished;

    Surroundings.@Nullable Appointment deadline;

    private @Nullable Throwable lastFailure;
    private long pauseNanos = PAUSE_NANOS_FIRST;

    SessionCall(Kind kind, Command command) {
        this.kind = kind;
        this.command = command;
    }

    /** Returns how long to wait before the next attempt: longer each time, and never quite as long as others wait. */
    long nextPauseNanos(long random) {
        long half = pauseNanos / 2;
        pauseNanos = Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
        return half + Math.floorMod(random, half);
    }

    void failedFor(Throwable failure) {
        lastFailure = failure;
        isUncertain |= isSent && !isCertainlyNotApplied(failure);
        isSent = false;
    }

    /** Tells whether another attempt can have another outcome without anybody doing something about it. */
    static boolean isWorthAnotherTry(Throwable failure) {
        if (failure instanceof NotReplicatedException refused) {
            return refused.reason() == Reason.NO_LEADER || refused.reason() == Reason.OVERLOADED;
        }
        return failure instanceof OutcomeUnknownException;
    }

    /** A caller's mistake and a refusal come before a command is ordered. */
    private static boolean isCertainlyNotApplied(Throwable failure) {
        return failure instanceof NotReplicatedException
                || failure instanceof TooLargeException
                || failure instanceof RefusedException
                || failure instanceof IllegalArgumentException;
    }

    /** Returns what the caller is told of a failure after which nothing more is tried. */
    Throwable told(Throwable failure) {
        return isUncertain
                ? new OutcomeUnknownException(
                        "The command was sent, and whether it took effect is not known; the session does not send it again",
                        failure)
                : failure;
    }

    /** Returns what the caller is told when the time is up. */
    Throwable toldAtDeadline() {
        Throwable cause = lastFailure == null
                ? new NotReplicatedException(Reason.NO_LEADER, "Nothing was answered at all")
                : lastFailure;
        if (isUncertain || isSent) {
            isUncertain = true;
            return new OutcomeUnknownException(
                    "The command was sent and not answered before the deadline of the session", cause);
        }
        Reason reason = cause instanceof NotReplicatedException refused ? refused.reason() : Reason.NO_LEADER;
        return new NotReplicatedException(
                reason, "No attempt succeeded before the deadline of the session; the command was not applied", cause);
    }
}
