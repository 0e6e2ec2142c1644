package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.KeyRecord;

/** A read view that also shows what users do not see: tombstones and the scalars. This is what a snapshot is made of. */
public interface StoreView extends ReadView {
    /** Returns the scalars of the moment. */
    AppliedState applied();

    /** Opens a cursor over all records in key order, tombstones included. The caller closes it. */
    RecordCursor records();

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

    /** Moves over the records of a view in key order. <b>Used by one thread at a time.</b> */
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
