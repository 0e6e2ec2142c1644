package io.hightower.kv.storage.history;

/** Which changes are meant. */
public enum ChangeSelection {
    /** Every change. */
    ALL,
    /** Changes that left a tombstone behind. */
    TOMBSTONES
}
