package io.hightower.kv.cluster.guarantees.history;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import java.util.List;
import java.util.Optional;

/**
 * One operation as its client saw it. <b>Immutable.</b>
 *
 * @param number tells it apart; counts calls
 * @param client who called. One client has one operation under way at a time
 * @param member whom it called
 * @param callNanos when, before anything was sent
 * @param returnNanos when it knew the outcome; {@link #NEVER} if that is unknown, because it may take effect at any time
 * @param request what it asked for
 * @param outcome what it knows of the end
 * @param answer what it was told; there exactly if the outcome is {@link Outcome#OK}
 */
public record Operation(
        long number,
        String client,
        String member,
        long callNanos,
        long returnNanos,
        Request request,
        Outcome outcome,
        Optional<Result> answer) {
    /** In {@link #returnNanos}: not yet. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final int SHOWN_CHARACTERS_MAX = 240;

    /** Checks that an answer is there exactly if there can be one. */
    public Operation {
        if (answer.isPresent() != (outcome == Outcome.OK) || returnNanos < callNanos) {
            throw new IllegalArgumentException(
                    "An operation has an answer exactly if it is OK, and returns after its call:" + " number=" + number
                            + " outcome=" + outcome + " answer=" + answer);
        }
    }

    /** Returns what was submitted, if it was a command. */
    public Optional<Command> command() {
        return request instanceof Request.Submitted submitted ? Optional.of(submitted.command()) : Optional.empty();
    }

    /** Returns what was read, if it was a reading by itself. */
    public Optional<RangeRequest> reading() {
        return request instanceof Request.Read read ? Optional.of(read.range()) : Optional.empty();
    }

    /** Tells whether it was over before another one was called. */
    public boolean precedes(Operation later) {
        return returnNanos < later.callNanos;
    }

    /** Tells whether it may have taken effect: it is a command, and did not certainly fail. */
    public boolean mayHaveEffect() {
        return request instanceof Request.Submitted && outcome != Outcome.FAIL;
    }

    /** Tells whether its answer says that keys were changed, so that the revision in the answer is its own. */
    public boolean hasEffect() {
        return command().isPresent() && answer.isPresent() && changed(command().get(), answer.get());
    }

    private static boolean changed(Command command, Result answer) {
        if (answer instanceof Result.PutResult put) {
            return put.outcome() == ApplyOutcome.APPLIED;
        }
        if (answer instanceof Result.DeleteResult delete) {
            // With an explicit version, a tombstone is written although there is nothing to delete.
            boolean buried = command instanceof Command.Delete asked
                    && asked.version() != Command.NO_VERSION
                    && delete.outcome() == ApplyOutcome.REMOVED;
            return delete.existed() || buried;
        }
        if (answer instanceof Result.BatchResult batch && command instanceof Command.Batch asked) {
            return anyChanged(asked.commands(), batch.results());
        }
        return changedInTxn(answer);
    }

    private static boolean anyChanged(List<Command> commands, List<Result> answers) {
        for (int i = 0; i < Math.min(commands.size(), answers.size()); i++) {
            if (changed(commands.get(i), answers.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean changedInTxn(Result answer) {
        if (answer instanceof Result.PutResult put) {
            return put.outcome() == ApplyOutcome.APPLIED;
        }
        if (answer instanceof Result.DeleteRangeResult delete) {
            return delete.deleted() > 0;
        }
        if (answer instanceof Result.RevokeResult revoke) {
            return revoke.deleted() > 0;
        }
        if (answer instanceof Result.TxnResult txn) {
            return txn.results().stream().anyMatch(Operation::changedInTxn);
        }
        return false;
    }

    /** Writes it for people: number, client, member, what was asked, what came of it. */
    @Override
    public String toString() {
        Object asked =
                request instanceof Request.Submitted submitted ? submitted.command() : ((Request.Read) request).range();
        return "operation " + number + " of " + client + " at " + member + ": " + shortened(asked) + " -> "
                + (answer.isPresent() ? shortened(answer.get()) : outcome);
    }

    private static String shortened(Object shown) {
        String text = shown.toString();
        return text.length() <= SHOWN_CHARACTERS_MAX ? text : text.substring(0, SHOWN_CHARACTERS_MAX) + "...";
    }
}
