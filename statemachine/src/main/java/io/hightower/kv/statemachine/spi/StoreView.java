package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.SystemRecords;

/** A read view that also shows what users do not see: tombstones and the scalars. This is what a snapshot is made of. */
public interface StoreView extends ReadView {
    /** Returns the scalars of the moment. */
    AppliedState applied();

    /** Returns the records of the system key space at the moment. */
    SystemRecords system();

    /** Opens a cursor over all records in key order, tombstones included. The caller closes it. */
    RecordCursor records();

    /**
     * Opens a cursor over all changes at main revision {@code fromRevision} and later, in the order in which they were made,
     * each as the record was written then, tombstones included. What one command wrote and overwrote itself is left out. The
     * caller closes it.
     *
     * @throws io.hightower.kv.statemachine.RevisionUnavailableException if some of these changes are not kept any more;
     *     one beyond the newest is legal and gives an empty cursor
     */
    RecordCursor changes(long fromRevision);

    @Override
    default long revision() {
        return applied().revision();
    }

    @Override
    default long latestVersion() {
        return applied().latestVersion();
    }

    @Override
    default long len() {
        return applied().liveKeys();
    }

    /** Moves over records of a view. <b>Used by one thread at a time.</b> */
    interface RecordCursor extends AutoCloseable {
        /** Moves to the next record; false when there is none. */
        boolean next();

        /** Returns where the cursor stands. Legal only after {@link #next} returned true. */
        KeyRecord current();

        /** Lets go of the cursor. Idempotent. */
        @Override
        void close();
    }
}
