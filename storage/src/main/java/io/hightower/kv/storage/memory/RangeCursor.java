package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;

/** Moves over the records of a range that hold a value, in key order. <b>Used by one thread at a time.</b> */
final class RangeCursor {
    private final TreeCursor<Bytes> cursor;
    private final KeyRange range;
    private boolean ended;

    RangeCursor(RecordTree<Bytes> records, KeyRange range) {
        this.cursor = records.cursor(range.from());
        this.range = range;
    }

    /** Moves to the next record; false when there is none. */
    boolean next() {
        while (!ended && cursor.next()) {
            if (!range.contains(cursor.current().key())) {
                ended = true;
            } else if (cursor.current().live()) {
                return true;
            }
        }
        ended = true;
        return false;
    }

    /** Returns the record that the cursor stands on. Legal only after {@link #next} returned true. */
    KeyRecord current() {
        if (ended) {
            throw new IllegalStateException("The cursor does not stand on a record");
        }
        return cursor.current();
    }
}
