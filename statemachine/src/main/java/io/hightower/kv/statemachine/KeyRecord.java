package io.hightower.kv.statemachine;

/**
 * What the store keeps for one key at one revision: a value, or the tombstone of a deleted key. <b>Immutable.</b>
 *
 * @param key the key
 * @param live whether this is a value; a tombstone has an empty value, create revision 0 and version 0
 * @param value the value
 * @param createRevision the main revision at which the key's present life began
 * @param modified where the change was made
 * @param version the number of changes in the key's present life: 1 after creation
 * @param writeVersion the number that a command with an explicit version must exceed
 * @param lease the lease that ends the key's life, {@link #NO_LEASE} for none; a tombstone has none
 */
public record KeyRecord(
        Bytes key,
        boolean live,
        Bytes value,
        long createRevision,
        Revision modified,
        long version,
        long writeVersion,
        long lease) {
    /** No lease: the key stays until it is deleted. */
    public static final long NO_LEASE = 0;

    /** Makes a record without a lease. */
    public KeyRecord(
            Bytes key,
            boolean live,
            Bytes value,
            long createRevision,
            Revision modified,
            long version,
            long writeVersion) {
        this(key, live, value, createRevision, modified, version, writeVersion, NO_LEASE);
    }

    /** Returns the tombstone of {@code key}. */
    public static KeyRecord tombstone(Bytes key, Revision modified, long writeVersion) {
        return new KeyRecord(key, false, Bytes.EMPTY, 0, modified, 0, writeVersion);
    }

    /** Returns the value as readers see it. Only a live record has one. */
    public KeyValue toKeyValue() {
        InvariantViolation.check(live, "a tombstone is never shown to a reader");
        return new KeyValue(key, value, createRevision, modified.main(), version, writeVersion, lease);
    }
}
