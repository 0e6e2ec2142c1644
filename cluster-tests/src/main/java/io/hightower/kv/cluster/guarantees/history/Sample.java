package io.hightower.kv.cluster.guarantees.history;

/**
 * A hash that a member was asked for. Members that are at the same place have the same hash. <b>Immutable.</b>
 *
 * @param member whose
 * @param kind what was hashed
 * @param place where the member was: whatever the hash depends on
 * @param hash what it answered
 */
public record Sample(String member, Kind kind, String place, long hash) {
    /** What was hashed. */
    public enum Kind {
        /** The whole state; it depends on the log index that was applied last. */
        STATE,
        /** The history of keys, see {@code HashKv}; it depends on its revision and on the compact revision. */
        HISTORY
    }
}
