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
 * from being reclaimed: close it. Reading a closed view throws {@link IllegalStateException}.
 */
public interface ReadView extends AutoCloseable {
    /** In {@link #scan(KeyRange, int)}: no limit. */
    int NO_LIMIT = 0;

    /** Returns the main revision of the moment. */
    long revision();

    /** Returns the highest write version given up to the moment. */
    long latestVersion();

    /** Returns how many keys hold a value. */
    long len();

    /** Returns the key's value, or nothing. */
    Optional<KeyValue> get(Bytes key);

    /** Opens a cursor before the first key of the range, in key order. The caller closes it. */
    KeyCursor cursor(KeyRange range);

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

    /** Moves over the keys of a view in order. <b>Used by one thread at a time.</b> */
    interface KeyCursor extends AutoCloseable {
        /** Moves to the next key; false when there is none. */
        boolean next();

        /** Returns where the cursor stands. Legal only after {@link #next} returned true. */
        KeyValue current();

        /** Lets go of the cursor. Idempotent. */
        @Override
        void close();
    }
}
