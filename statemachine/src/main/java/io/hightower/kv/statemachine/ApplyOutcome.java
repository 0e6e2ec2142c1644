package io.hightower.kv.statemachine;

/** What one change did to its key. */
public enum ApplyOutcome {
    /** The value was written. */
    APPLIED,
    /** The key holds no value now: it was removed, or there was none. */
    REMOVED,
    /** The command's explicit version was not newer than what the key holds, tombstones included: nothing changed. */
    IGNORED_STALE
}
