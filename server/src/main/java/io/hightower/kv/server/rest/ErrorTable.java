package io.hightower.kv.server.rest;

import io.hightower.kv.statemachine.AnswerNotKeptException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.SessionExpiredException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.TooLargeException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * The one place that turns failures into HTTP statuses and codes. The first row whose type fits decides, so subtypes stand
 * before their supertypes.
 *
 * <p>Messages reach the client only where they were written for it. What a failing disk or a broken program has to say goes
 * to the logger.
 */
final class ErrorTable {
    /** After this many seconds an overloaded server is worth another try: the queue is a few seconds long at most. */
    private static final int RETRY_AFTER_SECONDS = 1;

    private static final List<Row<?>> ROWS = List.of(
            row(RequestRefused.class, ErrorTable::refused),
            row(RejectedExecutionException.class, e -> overloaded("Too many requests of this kind are in work")),
            row(TooLargeException.class, e -> ErrorAnswer.told(413, "too_large", text(e))),
            row(IllegalArgumentException.class, e -> ErrorAnswer.told(400, "invalid_argument", text(e))),
            row(RefusedException.class, e -> ErrorAnswer.told(400, "invalid_argument", text(e))),
            row(MembershipException.class, ErrorTable::membership),
            row(NotReplicatedException.class, ErrorTable::notReplicated),
            row(OutcomeUnknownException.class, ErrorTable::outcomeUnknown),
            row(SessionExpiredException.class, e -> ErrorAnswer.told(410, "session_expired", text(e))),
            row(AnswerNotKeptException.class, e -> ErrorAnswer.told(410, "answer_not_kept", text(e))),
            row(ReadUnavailableException.class, ErrorTable::readUnavailable),
            row(RevisionUnavailableException.class, e -> ErrorAnswer.told(410, "revision_unavailable", text(e))),
            row(DiskFullException.class, e -> ErrorAnswer.told(507, "disk_full", text(e))),
            row(StorageException.class, e -> ErrorAnswer.logged(500, "storage_failed", "The store failed")),
            row(InvariantViolation.class, e -> internal()));

    private ErrorTable() {}

    /**
     * What the client is told.
     *
     * @param status the HTTP status
     * @param code the stable name in the API description
     * @param message the explanation for people
     * @param retryAfterSeconds when to try again; 0 to say nothing about it
     * @param logged whether the failure itself belongs into the log, because the client is not told all of it
     */
    record ErrorAnswer(int status, String code, String message, int retryAfterSeconds, boolean logged) {
        static ErrorAnswer told(int status, String code, String message) {
            return new ErrorAnswer(status, code, message, 0, false);
        }

        static ErrorAnswer logged(int status, String code, String message) {
            return new ErrorAnswer(status, code, message, 0, true);
        }
    }

    private record Row<T extends Throwable>(Class<T> type, Function<T, ErrorAnswer> answer) {
        Optional<ErrorAnswer> answerTo(Throwable failure) {
            return type.isInstance(failure) ? Optional.of(answer.apply(type.cast(failure))) : Optional.empty();
        }
    }

    /** Returns what the client is told about {@code failure}; wrappers of futures are looked through. */
    static ErrorAnswer answerTo(Throwable failure) {
        Throwable cause = unwrap(failure);
        for (Row<?> row : ROWS) {
            Optional<ErrorAnswer> answer = row.answerTo(cause);
            if (answer.isPresent()) {
                return answer.get();
            }
        }
        return internal();
    }

    /** Tells whether a row was written for this type or one of its supertypes. */
    static boolean covers(Class<? extends Throwable> type) {
        return ROWS.stream().anyMatch(row -> row.type().isAssignableFrom(type));
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable inner = failure;
        while (inner instanceof CompletionException || inner instanceof ExecutionException) {
            Throwable cause = inner.getCause();
            if (cause == null) {
                return inner;
            }
            inner = cause;
        }
        return inner;
    }

    private static <T extends Throwable> Row<T> row(Class<T> type, Function<T, ErrorAnswer> answer) {
        return new Row<>(type, answer);
    }

    private static ErrorAnswer notReplicated(NotReplicatedException e) {
        return switch (e.reason()) {
            case OVERLOADED -> overloaded(text(e));
            case NO_LEADER -> ErrorAnswer.told(503, "no_leader", text(e));
            case STOPPED -> ErrorAnswer.told(503, "stopped", text(e));
            case STORE_FAILED -> ErrorAnswer.told(503, "store_failed", text(e));
            case DISK_FULL -> ErrorAnswer.told(507, "disk_full", text(e));
        };
    }

    private static ErrorAnswer membership(MembershipException e) {
        return switch (e.reason()) {
            case BAD_ADDRESS -> ErrorAnswer.told(400, "invalid_argument", text(e));
            case MEMBER_NOT_FOUND -> ErrorAnswer.told(404, "member_not_found", text(e));
            case LEARNER_NOT_READY -> new ErrorAnswer(409, "learner_not_ready", text(e), RETRY_AFTER_SECONDS, false);
            case TRANSFER_TIMED_OUT -> ErrorAnswer.told(504, "transfer_timed_out", text(e));
            case UNHEALTHY,
                    NOT_ENOUGH_STARTED,
                    MEMBER_EXISTS,
                    ADDRESS_EXISTS,
                    TOO_MANY_LEARNERS,
                    NOT_A_LEARNER,
                    BAD_TRANSFEREE,
                    NOT_A_CLUSTER -> ErrorAnswer.told(409, e.reason().name().toLowerCase(Locale.ROOT), text(e));
        };
    }

    private static ErrorAnswer refused(RequestRefused e) {
        return e.status() == RequestRefused.TOO_MANY
                ? overloaded(e.explanation())
                : ErrorAnswer.told(e.status(), e.code(), e.explanation());
    }

    /** The engine says by the cause that too many readers wait. */
    private static ErrorAnswer readUnavailable(ReadUnavailableException e) {
        return e.getCause() instanceof RejectedExecutionException
                ? overloaded(text(e))
                : ErrorAnswer.told(503, "read_unavailable", text(e));
    }

    private static ErrorAnswer overloaded(String message) {
        return new ErrorAnswer(RequestRefused.TOO_MANY, "overloaded", message, RETRY_AFTER_SECONDS, false);
    }

    private static ErrorAnswer outcomeUnknown(OutcomeUnknownException e) {
        return ErrorAnswer.told(504, "outcome_unknown", "The write may have happened: " + text(e));
    }

    private static ErrorAnswer internal() {
        return ErrorAnswer.logged(500, "internal", "The server failed");
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
