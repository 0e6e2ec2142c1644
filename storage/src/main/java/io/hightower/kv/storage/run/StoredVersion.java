package io.hightower.kv.storage.run;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;

/**
 * One version of a key, as a lookup found it. <b>Immutable.</b>
 *
 * @param kind what it is
 * @param value the value; empty unless the kind is {@link VersionKind#VALUE}
 * @param main the main revision at which it was written
 * @param sub the sub-revision
 * @param createRevision the main revision at which the key's life began; 0 unless it is a value
 * @param version the number of changes in the key's life; 0 unless it is a value
 * @param writeVersion the number that a command with an explicit version must exceed
 * @param lease the lease that ends the key's life, {@link KeyRecord#NO_LEASE} for none; only a value has one
 */
public record StoredVersion(
        VersionKind kind,
        Bytes value,
        long main,
        int sub,
        long createRevision,
        long version,
        long writeVersion,
        long lease) {
    /** Makes a version without a lease. */
    public StoredVersion(
            VersionKind kind, Bytes value, long main, int sub, long createRevision, long version, long writeVersion) {
        this(kind, value, main, sub, createRevision, version, writeVersion, KeyRecord.NO_LEASE);
    }

    /** Tells whether readers see a value. */
    public boolean isValue() {
        return kind == VersionKind.VALUE;
    }

    /** Returns the record of {@code key} that this is the version of. Not for an erased tombstone, which is no record. */
    public KeyRecord toRecord(Bytes key) {
        return new KeyRecord(
                key, isValue(), value, createRevision, new Revision(main, sub), version, writeVersion, lease);
    }
}
