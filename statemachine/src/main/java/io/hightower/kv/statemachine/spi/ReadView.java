package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys and values of one moment. Later writes are not seen, however long the view stays open.
 *
 * <p><b>Threads.</b> Thread-safe; cursors are used by one thread at a time. <b>Lifetime.</b> An open view keeps what it shows
 * from being reclaimed: close it. Reading a closed view throws {@link IllegalStateException}. <b>Failure.</b> Reading throws
 * {@link io.hightower.kv.statemachine.CorruptionException} where the disk holds something else than was written; keys that
 * lie elsewhere stay readable.
 */
public interface ReadView extends AutoCloseable {
    /** In {@link #scan(KeyRange, int)}: no limit. */
    int NO_LIMIT = 0;

    /** The direction in which a cursor moves. */
    enum Order {
        /** From the first key to the last. */
        ASCENDING,
        /** From the last key to the first. */
        DESCENDING
    }

    /** Returns the main revision of the moment. */
    long revision();

    /** Returns the oldest main revision that {@link #at} can show; {@link #revision} if no history is kept. */
    long oldestRevision();

    /** Returns the highest write version given up to the moment. */
    long latestVersion();

    /** Returns how many keys hold a value. */
    long len();

    /** Returns the key's value, or nothing. */
    Optional<KeyValue> get(Bytes key);

    /** Opens a cursor that comes to the keys of the range in that order. The caller closes it. */
    KeyCursor cursor(KeyRange range, Order order);

    /** Opens a cursor before the first key of the range, in key order. The caller closes it. */
    default KeyCursor cursor(KeyRange range) {
        return cursor(range, Order.ASCENDING);
    }

    /** Counts the keys of the range that hold a value. Costs a pass over them, without copying. */
    default long count(KeyRange range) {
        long count = 0;
        try (KeyCursor cursor = cursor(range)) {
            while (cursor.next()) {
                count++;
            }
        }
        return count;
    }

    /**
     * Returns the same view as it was at an older main revision. It lives as long as this one; closing it does nothing. Its
     * {@link #len} and {@link #latestVersion} are those of this view's moment, which history does not keep.
     *
     * @throws io.hightower.kv.statemachine.RevisionUnavailableException if the revision is not between
     *     {@link #oldestRevision} and {@link #revision}
     */
    ReadView at(long mainRevision);

    /**
     * Reads the range in key order into a list.
     *
     * @param limit at most so many from the start of the range; {@link #NO_LIMIT} for all
     * @throws IllegalArgumentException if the limit is negative
     */
    default List<KeyValue> scan(KeyRange range, int limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("A limit cannot be negative: limit=" + limit);
        }
        List<KeyValue> found = new ArrayList<>();
        try (KeyCursor cursor = cursor(range)) {
            while ((limit == NO_LIMIT || found.size() < limit) && cursor.next()) {
                found.add(cursor.current());
            }
        }
        return found;
    }

    /** Lets go of what the view shows. Idempotent. */
    @Override
    void close();

    /** Moves over the keys of a view. <b>Used by one thread at a time.</b> */
    interface KeyCursor extends AutoCloseable {
        /** Moves to the next key in the cursor's order; false when there is none. */
        boolean next();

        /** Returns where the cursor stands. Legal only after {@link #next} returned true. */
        KeyValue current();

        /**
         * Begins anew with another range, in the same order, without opening what the cursor reads from again. For many
         * short readings, one after the other.
         */
        void reset(KeyRange range);

        /** Lets go of the cursor. Idempotent. */
        @Override
        void close();
    }
}
