package io.hightower.kv.cluster.guarantees.recording;

import io.hightower.kv.cluster.guarantees.history.Outcome;
import io.hightower.kv.cluster.guarantees.history.Request;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.TooLargeException;
import java.util.Optional;

/**
 * What an exception says of an operation's end.
 *
 * <pre>
 * RevisionUnavailableException                      an answer: refused as compacted, or as of the future
 * anything else, of a reading                       failed: it has no effect
 * NotReplicated, TooLarge, ReadUnavailable,
 * Refused, IllegalArgument, of a command            failed: certainly without an effect
 * anything else, of a command                       unknown
 * </pre>
 */
public final class Ends {
    private Ends() {}

    /** Returns the refusal that an exception stands for, if it stands for one. */
    static Optional<Result> refusal(Throwable thrown) {
        if (!(thrown instanceof RevisionUnavailableException unavailable)) {
            return Optional.empty();
        }
        Refusal why = unavailable.isCompacted() ? Refusal.COMPACTED : Refusal.FUTURE_REVISION;
        return Optional.of(new Result.Refused(unavailable.newest(), why, unavailable.oldest()));
    }

    /** Returns the outcome of an operation that ended with an exception, which is no refusal. */
    static Outcome outcome(Request request, Throwable thrown) {
        return request instanceof Request.Read || certainlyWithoutEffect(thrown) ? Outcome.FAIL : Outcome.UNKNOWN;
    }

    /** Tells whether a command that ended with an exception certainly has no effect and will never have one. */
    public static boolean certainlyWithoutEffect(Throwable thrown) {
        return thrown instanceof NotReplicatedException
                || thrown instanceof TooLargeException
                || thrown instanceof ReadUnavailableException
                || thrown instanceof RefusedException
                || thrown instanceof RevisionUnavailableException
                || thrown instanceof IllegalArgumentException;
    }
}
