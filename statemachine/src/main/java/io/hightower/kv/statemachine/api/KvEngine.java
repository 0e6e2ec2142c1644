package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.RequestRules;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.state.RangeReading;
import io.hightower.kv.statemachine.state.ReadOnlyTxn;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The store as its users see it.
 *
 * <p><b>Ordering.</b> Reads are linearizable: they show every write acknowledged anywhere before they began.
 * <b>Durability.</b> A write that returned is durable as configured, see {@link CommandSubmitter}. <b>Threads.</b>
 * Thread-safe. <b>Failure.</b> Blocking calls throw what the futures of {@link #submitAsync} complete with: an {@link
 * IllegalArgumentException} for a caller's mistake, {@link io.hightower.kv.statemachine.NotReplicatedException} if nothing
 * happened, {@link io.hightower.kv.statemachine.OutcomeUnknownException} if that is not known, {@link
 * io.hightower.kv.statemachine.ReadUnavailableException} if a read could not be confirmed. A thread that is interrupted
 * while it waits for a write gets an {@code OutcomeUnknownException} and keeps its interrupt flag.
 */
public interface KvEngine extends Leasing, AutoCloseable {
    /**
     * Submits a command without waiting for its result; only for room, if the queue of commands is full. What the state
     * refuses is a result here, {@link Result.Refused}, and an exception of the methods that name what they do.
     */
    @Override
    CompletableFuture<Result> submitAsync(Command command);

    /** Submits a command and waits for its result. */
    @Override
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

    /** Returns the key's value, or nothing. */
    default Optional<Bytes> get(Bytes key) {
        return readWith(view -> view.get(key).map(KeyValue::value));
    }

    /** Returns a copy of the key's value, or nothing. */
    default Optional<byte[]> get(byte[] key) {
        return get(Bytes.copyOf(key)).map(Bytes::toByteArray);
    }

    /** As {@link #get(Bytes)}, without waiting. */
    default CompletableFuture<Optional<Bytes>> getAsync(Bytes key) {
        return readWithAsync(view -> view.get(key).map(KeyValue::value));
    }

    /** Returns every key that begins with {@code prefix} and its value, in key order. */
    default List<KeyValue> getPrefix(Bytes prefix) {
        return scan(KeyRange.prefix(prefix));
    }

    /** Returns every key that begins with {@code prefix}; see {@link #getPrefix(Bytes)}. */
    default List<KeyValue> getPrefix(byte[] prefix) {
        return getPrefix(Bytes.copyOf(prefix));
    }

    /** Returns every key in the half-open range and its value, in key order. */
    default List<KeyValue> scan(KeyRange range) {
        return scan(range, ReadView.NO_LIMIT);
    }

    /** Returns the keys of {@code [from, until)}; see {@link #scan(KeyRange)}. */
    default List<KeyValue> scan(byte[] from, byte[] until) {
        return scan(KeyRange.of(Bytes.copyOf(from), Bytes.copyOf(until)));
    }

    /**
     * Returns the first keys of the range, in key order.
     *
     * @param limit at most so many; {@link ReadView#NO_LIMIT} for all
     */
    default List<KeyValue> scan(KeyRange range, int limit) {
        return readWith(view -> view.scan(range, limit));
    }

    /**
     * Runs {@code reader} on a view of one moment: everything that it reads belongs together, whatever is written meanwhile.
     * The view is closed when the reader returns, so nothing lazy may leave it.
     */
    <R> R readWith(Function<? super ReadView, ? extends R> reader);

    /** Like {@link #readWith}, without waiting: the reader runs on an engine thread once the moment is confirmed. */
    <R> CompletableFuture<R> readWithAsync(Function<? super ReadView, ? extends R> reader);

    /**
     * Reads a range at the newest or an older revision, sorted, filtered and cut as asked.
     *
     * @throws io.hightower.kv.statemachine.RevisionUnavailableException if that revision was compacted, is not kept, or has
     *     not come yet
     */
    default Result.RangeResult range(RangeRequest request) {
        return readWith(view -> RangeReading.read(view, request));
    }

    /** As {@link #range}, without waiting. */
    default CompletableFuture<Result.RangeResult> rangeAsync(RangeRequest request) {
        return readWithAsync(view -> RangeReading.read(view, request));
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

    /** Removes every value in a range, under one revision, and answers with the previous values if they are wanted. */
    default Result.DeleteRangeResult deleteRange(Command.DeleteRange delete) {
        return (Result.DeleteRangeResult) submit(delete);
    }

    /** As {@link #deleteRange(Command.DeleteRange)}, without waiting. */
    default CompletableFuture<Result.DeleteRangeResult> deleteRangeAsync(Command.DeleteRange delete) {
        return Refusals.thrownLater(Result.DeleteRangeResult.class, () -> submitAsync(delete));
    }

    /**
     * Compares, and applies one of two branches; all of it atomically, under one revision.
     *
     * <p>One that changes nothing, whichever branch it takes, is a read: it is answered without the log.
     *
     * <p>A store without history cannot show an older revision to a reading inside one that writes: that reading's result is a
     * {@link Result.Refused} then, and the rest is done. With history, what was compacted refuses the whole.
     *
     * @param txn at most {@link RequestRules#TXN_OPERATIONS_DEFAULT} conditions, and as many operations in each branch
     * @throws RefusedException if it is too large, contradicts itself, or cannot be applied; then nothing has happened
     */
    default Result.TxnResult txn(Command.Txn txn) {
        RequestRules.check(txn, RequestRules.TXN_OPERATIONS_DEFAULT);
        return ReadOnlyTxn.is(txn)
                ? readWith(view -> ReadOnlyTxn.read(view, txn))
                : (Result.TxnResult) Refusals.thrown(submit(txn));
    }

    /** As {@link #txn}, without waiting. */
    default CompletableFuture<Result.TxnResult> txnAsync(Command.Txn txn) {
        return Refusals.thrownLater(Result.TxnResult.class, () -> {
            RequestRules.check(txn, RequestRules.TXN_OPERATIONS_DEFAULT);
            return ReadOnlyTxn.is(txn) ? readWithAsync(view -> ReadOnlyTxn.read(view, txn)) : submitAsync(txn);
        });
    }

    /**
     * Gives up history before a revision: reading at it works, below it does not any more.
     *
     * @throws RefusedException if the revision was compacted already, or has not come yet
     */
    default Result.CompactResult compact(long revision) {
        return (Result.CompactResult) Refusals.thrown(submit(new Command.Compact(revision)));
    }

    /** As {@link #compact}, without waiting. */
    default CompletableFuture<Result.CompactResult> compactAsync(long revision) {
        return Refusals.thrownLater(Result.CompactResult.class, () -> submitAsync(new Command.Compact(revision)));
    }

    /**
     * Watches a range: gives its changes from a revision on, past and future, in order, each once, without a gap. From {@link
     * WatchRequest#FROM_NOW} on it gives whatever is written by calls that begin after this one returned.
     *
     * <p>The caller reads the messages. Who reads slowly costs others nothing: what he does not take is read from history
     * later; once that is not kept any more, the watch ends and says where another one can begin.
     *
     * @throws io.hightower.kv.statemachine.ReadUnavailableException if the store is closed
     */
    Watch watch(WatchRequest request);

    /**
     * Watches a range like {@link #watch(WatchRequest)}, and has each message given to a listener, one after the other, on
     * threads of the engine. A listener may block, but there are only so many of these threads; one that throws ends its
     * watch. Closing the watch ends it; nothing is given after {@link WatchMessage.Canceled}.
     */
    Watch watch(WatchRequest request, Consumer<? super WatchMessage> listener);

    /** Returns how many keys hold a value. */
    default long len() {
        return readWith(ReadView::len);
    }

    /** Returns the highest write version ever given; 0 in a store that nothing was written to. */
    default long latestVersion() {
        return readWith(ReadView::latestVersion);
    }

    /** Forces everything acknowledged to disk, whatever the sync policy. */
    void flush();

    /** Finishes what was accepted, makes it durable and closes the store. Idempotent. */
    @Override
    void close();
}
