package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.SystemRecords;
import java.util.function.Predicate;

/** A read view that also shows what users do not see: tombstones and the scalars. This is what a snapshot is made of. */
public interface StoreView extends ReadView {
    /** Returns the scalars of the moment. */
    AppliedState applied();

    /** Returns the records of the system key space at the moment. */
    SystemRecords system();

    /** Opens a cursor over all records in key order, tombstones included. The caller closes it. */
    RecordCursor records();

    /**
     * Opens a cursor over the newest record of every key as it was at an older main revision, in key order, tombstones
     * included. Tombstones that are released by the moment of this view are left out, as {@link #records} leaves them out. It
     * lives as long as this view; the caller closes it.
     *
     * @throws io.hightower.kv.statemachine.RevisionUnavailableException if the revision is not between
     *     {@link #oldestRevision} and {@link #revision}
     */
    RecordCursor recordsAt(long mainRevision);

    /**
     * Returns the oldest main revision from which on {@link #changes} gives every change: 1 to one more than
     * {@link #revision}. Where history is kept, it is the compact revision once there is one: the changes made at it are given,
     * too. Where none is kept, it is what memory still has, one more than the revision if that is nothing; it differs from
     * member to member then, and may lie before {@link #oldestRevision}.
     */
    long oldestChange();

    /**
     * Opens a cursor over all changes at main revision {@code fromRevision} and later, in the order in which they were made,
     * each as the record was written then, tombstones included, be they released or not. What one command wrote and overwrote
     * itself is left out. The caller closes it.
     *
     * @param fromRevision {@link #oldestChange} or later; one beyond the newest gives an empty cursor
     * @throws io.hightower.kv.statemachine.RevisionUnavailableException if it is before the oldest change
     */
    default RecordCursor changes(long fromRevision) {
        return changes(fromRevision, key -> true);
    }

    /**
     * As {@link #changes(long)}, without the changes of keys that are not wanted: passing over those does not read what they
     * wrote.
     *
     * @param wanted is asked for the key of each change, once or not at all, in the order of the changes
     */
    RecordCursor changes(long fromRevision, Predicate<Bytes> wanted);

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
