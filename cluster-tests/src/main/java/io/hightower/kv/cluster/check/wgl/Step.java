package io.hightower.kv.cluster.check.wgl;

import io.hightower.kv.cluster.check.history.Op;

/**
 * An operation as the search sees it: when it can be, when its answer is right, and what it does. <b>Immutable.</b>
 *
 * @param op the operation
 * @param untilNanos it must be in the order before anything that is called later than this; {@link Op#NEVER} if it need not be
 *     there at all
 * @param key the key that it writes, if it does, or reads by itself
 * @param demand what its answer says of that key
 * @param demanded the value or the revision that the answer speaks of, or how many keys were deleted
 * @param writtenState what that key holds afterwards; {@link #KEEPS} if it does not write
 * @param cover the keys that are read after writing, or deleted
 */
record Step(Op op, long untilNanos, int key, Demand demand, long demanded, int writtenState, Cover cover) {
    /** In {@link #writtenState}: the operation does not write a value. */
    static final int KEEPS = -1;

    /** What an answer says. */
    enum Demand {
        /** Nothing that depends on what was there. */
        NONE,
        /** The key holds a value, or nothing. */
        HOLDS,
        /** So many keys hold something. */
        COUNT,
        /** The key was changed last by a revision. */
        CHANGED_BY,
        /** The key was changed last by something else. */
        NOT_CHANGED_BY
    }

    /** Returns whether it has to be in the order. */
    boolean isObligatory() {
        return untilNanos != Op.NEVER;
    }

    /** Tells whether the answer is right if the operation is done now. */
    boolean isLegal(int[] keys, States states) {
        boolean met =
                switch (demand) {
                    case NONE -> true;
                    case HOLDS -> Cover.holds(keys[key], (int) demanded, states);
                    case COUNT -> cover.present(keys) == demanded;
                    case CHANGED_BY -> states.maybeChangedBy(key, keys[key], demanded);
                    case NOT_CHANGED_BY -> states.maybeNotChangedBy(keys[key], demanded);
                };
        return met && cover.isShownRightly(keys, states, key, writtenState);
    }

    /** Tells whether it deletes keys. */
    boolean deletes() {
        return cover.deletes();
    }

    /** Tells whether it leaves everything as it is, whenever it is legal. */
    boolean onlyObserves() {
        return writtenState == KEEPS && (!deletes() || (demand == Demand.COUNT && demanded == 0));
    }

    /** Tells whether anything is different after it. */
    boolean changes(int[] keys) {
        return deletes() ? cover.present(keys) > 0 : writtenState != KEEPS && writtenState != keys[key];
    }
}
