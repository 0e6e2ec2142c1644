package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.RequestRules;
import io.hightower.kv.statemachine.Result;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Changes of the store: by a {@link KvEngine} as they come, by a {@link Session} each at most once.
 *
 * <p>A future fails with what the blocking form throws.
 */
public interface Writing {
    /**
     * Submits a command without waiting for its result; only for room, if the queue of commands is full. What the state
     * refuses is a result here, {@link Result.Refused}, and an exception of the methods that name what they do.
     */
    CompletableFuture<Result> submitAsync(Command command);

    /** Submits a command and waits for its result. */
    Result submit(Command command);

    /**
     * Submits commands that become visible and durable together or not at all, under one revision, applied in order.
     *
     * @param commands puts, deletes and range deletes; at least one
     */
    Result.BatchResult submitBatch(List<Command> commands);

    /** Writes {@code value} under {@code key}, whatever the key held. */
    default Result.PutResult put(Bytes key, Bytes value) {
        return (Result.PutResult) submit(Command.put(key, value));
    }

    /** Writes copies of the arrays; see {@link #put(Bytes, Bytes)}. */
    default Result.PutResult put(byte[] key, byte[] value) {
        return put(Bytes.copyOf(key), Bytes.copyOf(value));
    }

    /** As {@link #put(Bytes, Bytes)}, without waiting. */
    default CompletableFuture<Result.PutResult> putAsync(Bytes key, Bytes value) {
        return Refusals.thrownLater(Result.PutResult.class, () -> submitAsync(Command.put(key, value)));
    }

    /**
     * Writes a value as its options say: with a lease, with the previous value in the answer, or keeping a part of what the
     * key holds.
     *
     * @throws RefusedException if the options contradict themselves, if there is no such lease, or nothing to keep
     */
    default Result.PutResult put(Command.Put put) {
        RequestRules.check(put);
        return (Result.PutResult) Refusals.thrown(submit(put));
    }

    /** As {@link #put(Command.Put)}, without waiting. */
    default CompletableFuture<Result.PutResult> putAsync(Command.Put put) {
        return Refusals.thrownLater(Result.PutResult.class, () -> {
            RequestRules.check(put);
            return submitAsync(put);
        });
    }

    /** Removes the key's value. Removing what is not there is not an error. */
    default Result.DeleteResult delete(Bytes key) {
        return (Result.DeleteResult) submit(Command.delete(key));
    }

    /** Removes the key's value; see {@link #delete(Bytes)}. */
    default Result.DeleteResult delete(byte[] key) {
        return delete(Bytes.copyOf(key));
    }

    /** As {@link #delete(Bytes)}, without waiting. */
    default CompletableFuture<Result.DeleteResult> deleteAsync(Bytes key) {
        return Refusals.thrownLater(Result.DeleteResult.class, () -> submitAsync(Command.delete(key)));
    }

    /** Removes every value in the range, under one revision. */
    default Result.DeleteRangeResult deleteRange(KeyRange range) {
        return deleteRange(new Command.DeleteRange(range));
    }

    /** Removes every value in a range, under one revision, and answers with the previous values if they are wanted. */
    default Result.DeleteRangeResult deleteRange(Command.DeleteRange delete) {
        return (Result.DeleteRangeResult) submit(delete);
    }

    /** As {@link #deleteRange(Command.DeleteRange)}, without waiting. */
    default CompletableFuture<Result.DeleteRangeResult> deleteRangeAsync(Command.DeleteRange delete) {
        return Refusals.thrownLater(Result.DeleteRangeResult.class, () -> submitAsync(delete));
    }
}
