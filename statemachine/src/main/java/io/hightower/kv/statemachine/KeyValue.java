package io.hightower.kv.statemachine;

/**
 * A key, its value and their place in history, as a reader sees them. <b>Immutable.</b>
 *
 * @param key the key
 * @param value the value
 * @param createRevision the revision at which the key's present life began
 * @param modRevision the revision of the last change
 * @param version the number of changes in the key's present life: 1 after creation
 * @param writeVersion the number that a command with an explicit version must exceed to change the key
 * @param lease the lease that ends the key's life, {@link KeyRecord#NO_LEASE} for none
 */
public record KeyValue(
        Bytes key, Bytes value, long createRevision, long modRevision, long version, long writeVersion, long lease) {
    /** Makes a key and value without a lease. */
    public KeyValue(Bytes key, Bytes value, long createRevision, long modRevision, long version, long writeVersion) {
        this(key, value, createRevision, modRevision, version, writeVersion, KeyRecord.NO_LEASE);
    }
}
