package io.hightower.kv.engine.differential;

/**
 * Where a store stands. <b>Immutable.</b>
 *
 * @param revision the newest
 * @param compactRevision the oldest that can be read; 0 if nothing was compacted
 */
record Moment(long revision, long compactRevision) {
    /** An empty store. */
    static final Moment START = new Moment(1, 0);
}
