package io.hightower.kv.statemachine.session;

import io.hightower.kv.statemachine.AnswerNotKeptException;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SessionExpiredException;
import io.hightower.kv.statemachine.SessionRecord;
import io.hightower.kv.statemachine.api.Session;
import io.hightower.kv.statemachine.api.SessionOptions;
import io.hightower.kv.statemachine.api.Waiting;
import io.hightower.kv.statemachine.session.SessionCall.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A session over anything that takes commands. One call is under way, the others wait in order.
 *
 * <p>A number is given to a command when it is sent first, and belongs to it until that command is answered. If it was given up
 * with an unknown outcome, the next call first sends a command without effect under the same number: one of the two takes it,
 * whichever is ordered first, and the other is never applied. If it is certain that nothing was applied, the number is used again.
 *
 * <p><b>Threads.</b> Thread-safe. Commands are sent, and futures completed, without the lock.
 */
public final class CommandSession implements Session {
    /** Calls that wait for the one under way; their callers hold memory. */
    static final int WAITING_MAX = 1000;

    private static final long CLOSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private final Function<Command, CompletableFuture<Result>> commands;
    private final Surroundings surroundings;
    private final SessionOptions options;

    /** Guards the calls and everything below. */
    private final Object lock = new Object();

    private final Deque<SessionCall> waiting = new ArrayDeque<>();
    private @Nullable SessionCall current;

    /** Whether an attempt is under way, or the pause before the next one. */
    private boolean isBusy;

    /** Whether a thread is in {@link #proceed}. */
    private boolean isSending;

    /** Counts attempts; an answer to an earlier one than the last comes too late. */
    private long attempts;

    private long id;

    /** The last number given to a command. */
    private long sequence;

    /** Whether the command with the last number was given up and may be applied later. */
    private boolean isUnsettled;

    private boolean isClosed;
    private boolean isLost;

    private CommandSession(
            Function<Command, CompletableFuture<Result>> commands, Surroundings surroundings, SessionOptions options) {
        this.commands = commands;
        this.surroundings = surroundings;
        this.options = options;
        this.id = newId();
    }

    /**
     * Opens a session.
     *
     * @param commands submits a command, as {@link io.hightower.kv.statemachine.api.KvEngine#submitAsync} does
     * @return completes with the session, or fails with a {@link RefusedException} if there are too many, and with what calls of
     *     sessions fail with
     */
    public static CompletableFuture<Session> open(
            Function<Command, CompletableFuture<Result>> commands, Surroundings surroundings, SessionOptions options) {
        CommandSession session = new CommandSession(commands, surroundings, options);
        SessionCall opening = new SessionCall(Kind.OPEN, new Command.AdvanceTime());
        session.admit(opening, options.deadline().toNanos());
        return opening.answer.thenApply(opened -> {
            if (opened instanceof Result.Refused refused) {
                throw new RefusedException(refused.refusal());
            }
            return session;
        });
    }

    @Override
    public long id() {
        synchronized (lock) {
            return id;
        }
    }

    @Override
    public CompletableFuture<Result> submitAsync(Command command) {
        // Refuses what sessions do not take before it waits for anything.
        SessionCall call = new SessionCall(Kind.COMMAND, new Command.InSession(id(), 1, command).command());
        Optional<HightowerException> refusal = refusal();
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(refusal.get());
        }
        admit(call, options.deadline().toNanos());
        return call.answer;
    }

    private Optional<HightowerException> refusal() {
        synchronized (lock) {
            if (isLost) {
                return Optional.of(expired());
            }
            if (isClosed) {
                return Optional.of(new NotReplicatedException(Reason.STOPPED, "The session is closed: id=" + id));
            }
            return waiting.size() < WAITING_MAX
                    ? Optional.empty()
                    : Optional.of(new NotReplicatedException(
                            Reason.OVERLOADED,
                            "Too many calls of the session wait: id=" + id + " callsMax=" + WAITING_MAX));
        }
    }

    private void admit(SessionCall call, long deadlineNanos) {
        synchronized (lock) {
            waiting.add(call);
        }
        Surroundings.Appointment deadline = surroundings.later(deadlineNanos, () -> giveUp(call));
        synchronized (lock) {
            call.deadline = deadline;
        }
        proceed();
    }

    /**
     * Sends what there is to send. One thread at a time: who comes meanwhile leaves it to the first one, so that answers that come
     * at once do not pile up on its stack.
     */
    private void proceed() {
        synchronized (lock) {
            if (isSending) {
                return;
            }
            isSending = true;
        }
        for (Optional<Attempt> next = next(); next.isPresent(); next = next()) {
            send(next.get());
        }
    }

    /**
     * A command on its way.
     *
     * @param settles whether it only makes sure of an earlier one, before the call has its turn
     */
    private record Attempt(long number, SessionCall call, boolean settles, Command command) {}

    private Optional<Attempt> next() {
        synchronized (lock) {
            if (current == null) {
                current = waiting.poll();
            }
            SessionCall call = current;
            if (call == null || isBusy) {
                isSending = false;
                return Optional.empty();
            }
            isBusy = true;
            boolean settles = isUnsettled && call.kind == Kind.COMMAND;
            call.isSent = !settles;
            return Optional.of(new Attempt(++attempts, call, settles, command(call, settles)));
        }
    }

    private Command command(SessionCall call, boolean settles) {
        if (call.kind == Kind.OPEN) {
            return new Command.OpenSession(id, options.ttl().toMillis());
        }
        if (call.kind == Kind.CLOSE) {
            return new Command.CloseSession(id);
        }
        if (settles) {
            return new Command.InSession(id, sequence, new Command.AdvanceTime());
        }
        if (!call.isNumbered) {
            call.isNumbered = true;
            sequence++;
        }
        return new Command.InSession(id, sequence, call.command);
    }

    private void send(Attempt attempt) {
        CompletableFuture<Result> answer;
        try {
            answer = commands.apply(attempt.command());
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        // Nobody has to look at the future: what comes of it is in the answer of the call.
        CompletableFuture<Result> unused = answer.whenComplete((result, failure) -> take(attempt, result, failure));
    }

    private void take(Attempt attempt, @Nullable Result result, @Nullable Throwable failure) {
        Runnable then;
        synchronized (lock) {
            if (attempt.number() != attempts) {
                return;
            }
            then = result == null ? failed(attempt, unwrapped(failure)) : answered(attempt, result);
        }
        then.run();
        proceed();
    }

    private Runnable answered(Attempt attempt, Result result) {
        SessionCall call = attempt.call();
        Optional<Refusal> refusal =
                result instanceof Result.Refused refused ? Optional.of(refused.refusal()) : Optional.empty();
        isBusy = false;
        call.isSent = false;
        if (call.kind == Kind.COMMAND
                && refusal.filter(CommandSession::endsSession).isPresent()) {
            return lose(call);
        }
        if (attempt.settles()) {
            isUnsettled = false;
            return CommandSession::doNothing;
        }
        if (call.kind == Kind.OPEN
                && refusal.filter(Refusal.SESSION_EXISTS::equals).isPresent()
                && !call.isUncertain) {
            id = newId();
            return CommandSession::doNothing;
        }
        finish(call);
        if (call.kind == Kind.OPEN
                && refusal.filter(Refusal.SESSION_EXISTS::equals).isPresent()) {
            // An attempt before was not answered, and opened it.
            Result opened = new Result.SessionResult(
                    result.revision(), id, options.ttl().toMillis());
            return () -> call.answer.complete(opened);
        }
        if (refusal.filter(Refusal.SESSION_ANSWER_NOT_KEPT::equals).isPresent()) {
            return () -> call.answer.completeExceptionally(new AnswerNotKeptException(
                    "The command was applied, but its answer was lost and too large to be kept: bytesMax="
                            + SessionRecord.ANSWER_BYTES_MAX));
        }
        return () -> call.answer.complete(result);
    }

    private static void doNothing() {}

    /** A number that was passed, or has not come: somebody else used the session, or the store was put back to an older state. */
    private static boolean endsSession(Refusal refusal) {
        return refusal == Refusal.SESSION_EXPIRED
                || refusal == Refusal.SESSION_SEQUENCE_PASSED
                || refusal == Refusal.SESSION_SEQUENCE_AHEAD;
    }

    private Runnable lose(SessionCall call) {
        isLost = true;
        List<SessionCall> others = new ArrayList<>(waiting);
        waiting.clear();
        others.forEach(this::finish);
        finish(call);
        HightowerException expired = expired();
        Throwable told = call.told(expired);
        return () -> {
            call.answer.completeExceptionally(told);
            others.forEach(other -> other.answer.completeExceptionally(expired));
        };
    }

    private SessionExpiredException expired() {
        return new SessionExpiredException(
                "The session was not used for its time-to-live, or is closed; open another one: id=" + id + " ttl="
                        + options.ttl());
    }

    private Runnable failed(Attempt attempt, Throwable failure) {
        SessionCall call = attempt.call();
        call.failedFor(failure);
        if (SessionCall.isWorthAnotherTry(failure)) {
            long pauseNanos = call.nextPauseNanos(surroundings.random());
            return () -> surroundings.later(pauseNanos, () -> tryAgain(attempt));
        }
        Throwable told = call.told(failure);
        finishUndone(call);
        return () -> call.answer.completeExceptionally(told);
    }

    private void tryAgain(Attempt attempt) {
        synchronized (lock) {
            if (attempt.number() != attempts) {
                return;
            }
            isBusy = false;
        }
        proceed();
    }

    private void giveUp(SessionCall call) {
        Throwable told;
        synchronized (lock) {
            if (call.isFinished) {
                return;
            }
            told = call.toldAtDeadline();
            if (isCurrent(call)) {
                finishUndone(call);
            } else {
                waiting.remove(call);
                finish(call);
            }
        }
        call.answer.completeExceptionally(told);
        proceed();
    }

    /** Ends the call under way without an answer to it: what becomes of its number depends on whether it may have been applied. */
    private void finishUndone(SessionCall call) {
        attempts++;
        if (call.isNumbered && call.isUncertain) {
            isUnsettled = true;
        } else if (call.isNumbered) {
            sequence--;
        }
        finish(call);
    }

    private void finish(SessionCall call) {
        call.isFinished = true;
        if (call.deadline != null) {
            call.deadline.cancel();
        }
        if (isCurrent(call)) {
            current = null;
            isBusy = false;
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean isCurrent(SessionCall call) {
        return current == call;
    }

    private static Throwable unwrapped(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null ? new IllegalStateException("A command was answered by nothing") : cause;
    }

    private long newId() {
        long random = surroundings.random();
        return random == SessionRecord.NO_SESSION ? 1 : random;
    }

    @Override
    public void close() {
        synchronized (lock) {
            boolean isOver = isClosed || isLost;
            isClosed = true;
            if (isOver) {
                return;
            }
        }
        SessionCall closing = new SessionCall(Kind.CLOSE, new Command.AdvanceTime());
        admit(closing, Math.min(CLOSE_NANOS_MAX, options.deadline().toNanos()));
        try {
            Waiting.forResult(closing.answer);
        } catch (RuntimeException e) {
            // The session expires by itself.
        }
    }
}
