package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.RequestRules;
import io.hightower.kv.statemachine.Result;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A session: commands that are applied at most once, however often they have to be sent. The store keeps the number of the last
 * one and its answer, so that a repetition is answered and not applied; that lives as long as the store, through restarts,
 * changes of leader and snapshots.
 *
 * <p>A call whose answer is lost, or that no leader takes, is sent again by itself, with pauses, until the deadline of the
 * {@link SessionOptions}. So while the store comes back within that time, calls do not fail.
 *
 * <p><b>Ordering.</b> Commands are applied in the order of the calls, one after the other: who wants several at once opens
 * several sessions. <b>Threads.</b> Thread-safe. Futures complete on a thread of the engine. <b>Lifetime.</b> Ends when it is
 * closed, or when it was not used for its time-to-live.
 *
 * <p><b>Failure.</b> {@link io.hightower.kv.statemachine.NotReplicatedException}: the command was not applied and never will
 * be; its reason tells why, {@code NO_LEADER} and {@code OVERLOADED} after the deadline only. {@link
 * io.hightower.kv.statemachine.OutcomeUnknownException}: it was sent and not answered before the deadline, so it may have been
 * applied; the next call of the session first makes sure that it is not applied later. {@link
 * io.hightower.kv.statemachine.SessionExpiredException}: it was not applied, and the session is of no more use. {@link
 * io.hightower.kv.statemachine.AnswerNotKeptException}: it was applied, the answer is lost. Otherwise as in {@link KvEngine}.
 */
public interface Session extends Writing, AutoCloseable {
    /** Returns the number under which the store knows the session. */
    long id();

    /**
     * Submits a command and waits for its result.
     *
     * @param command what users ask for, see {@link Command.InSession#command}
     * @throws IllegalArgumentException if it is something else
     */
    @Override
    default Result submit(Command command) {
        return Waiting.forResult(submitAsync(command));
    }

    @Override
    default Result.BatchResult submitBatch(List<Command> commands) {
        return (Result.BatchResult) submit(new Command.Batch(commands));
    }

    /** As {@link #submitBatch}, without waiting. */
    default CompletableFuture<Result.BatchResult> submitBatchAsync(List<Command> commands) {
        return Refusals.thrownLater(Result.BatchResult.class, () -> submitAsync(new Command.Batch(commands)));
    }

    /**
     * Compares, and applies one of two branches; all of it atomically, under one revision. Unlike {@link KvEngine#txn} it is
     * always ordered with the writes, also if it only reads.
     *
     * @throws RefusedException if it is too large, contradicts itself, or cannot be applied; then nothing has happened
     */
    default Result.TxnResult txn(Command.Txn txn) {
        return Waiting.forResult(txnAsync(txn));
    }

    /** As {@link #txn}, without waiting. */
    default CompletableFuture<Result.TxnResult> txnAsync(Command.Txn txn) {
        return Refusals.thrownLater(Result.TxnResult.class, () -> {
            RequestRules.check(txn, RequestRules.TXN_OPERATIONS_DEFAULT);
            return submitAsync(txn);
        });
    }

    /**
     * Takes no further calls, waits up to 5 seconds for those under way, and has the store forget the session. If that does
     * not succeed, the session expires by itself. Idempotent; never fails.
     */
    @Override
    void close();
}
