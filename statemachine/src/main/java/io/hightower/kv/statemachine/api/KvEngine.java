package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.spi.ReadView;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
public interface KvEngine extends AutoCloseable {
    /** Submits a command without waiting for its result; only for room, if the queue of commands is full. */
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

    /** Removes the key's value. Removing what is not there is not an error. */
    default Result.DeleteResult delete(Bytes key) {
        return (Result.DeleteResult) submit(Command.delete(key));
    }

    /** Removes the key's value; see {@link #delete(Bytes)}. */
    default Result.DeleteResult delete(byte[] key) {
        return delete(Bytes.copyOf(key));
    }

    /** Removes every value in the range, under one revision. */
    default Result.DeleteRangeResult deleteRange(KeyRange range) {
        return (Result.DeleteRangeResult) submit(new Command.DeleteRange(range));
    }

    /** Returns the key's value, or nothing. */
    default Optional<Bytes> get(Bytes key) {
        return readWith(view -> view.get(key).map(KeyValue::value));
    }

    /** Returns a copy of the key's value, or nothing. */
    default Optional<byte[]> get(byte[] key) {
        return get(Bytes.copyOf(key)).map(Bytes::toByteArray);
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
