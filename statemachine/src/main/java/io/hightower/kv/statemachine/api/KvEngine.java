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
import java.time.Duration;
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
public interface KvEngine extends Writing, Leasing, AutoCloseable {
    @Override
    CompletableFuture<Result> submitAsync(Command command);

    @Override
    Result submit(Command command);

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

    /**
     * Opens a session, through which every command is applied at most once, however often it has to be sent; see {@link
     * Session}. It is tried again like a command of a session, until the deadline of the options.
     *
     * @throws RefusedException if there are too many sessions
     */
    default Session openSession(SessionOptions options) {
        return Waiting.forResult(openSessionAsync(options));
    }

    /** Opens a session with the default options. */
    default Session openSession() {
        return openSession(SessionOptions.defaults());
    }

    /**
     * Opens a session that lives so long without being used.
     *
     * @param ttl 1 s to 24 h
     */
    default Session openSession(Duration ttl) {
        return openSession(SessionOptions.defaults().withTtl(ttl));
    }

    /** As {@link #openSession(SessionOptions)}, without waiting. */
    CompletableFuture<Session> openSessionAsync(SessionOptions options);

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
