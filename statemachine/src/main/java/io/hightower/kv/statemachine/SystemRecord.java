package io.hightower.kv.statemachine;

import java.nio.ByteBuffer;

/**
 * A record of the system key space: leases, users and whatever else the store keeps for itself. Clients never see it, it has
 * no history, and writing it moves no revision of the data. <b>Immutable.</b>
 *
 * @param key the key; ordered as data keys are
 * @param value the value
 * @param modRevision counts the changes of the system key space: which of them wrote this record last, from 1
 */
public record SystemRecord(Bytes key, Bytes value, long modRevision) {
    private static final int FIXED_BYTES = 4 + 4 + 8;

    /** What the keys of records about the cluster itself begin with; users do not write such keys. */
    public static final Bytes ABOUT_CLUSTER = Bytes.utf8("member");

    /**
     * Tells whether a record of that key is about the cluster, its members and what they agree on among themselves. Such
     * records are not of the data: a store that is alone has none, and has the same state all the same. They change no hash,
     * and count their writes for themselves.
     */
    public static boolean isAboutCluster(Bytes key) {
        return key.startsWith(ABOUT_CLUSTER);
    }

    /**
     * Returns the hash of the record: XXH64 with seed 0 over key length u32, key, value length u32, value, modify revision
     * u64, all numbers big-endian; 0 for a record about the cluster.
     */
    public long hash() {
        if (isAboutCluster(key)) {
            return 0;
        }
        ByteBuffer canonical = ByteBuffer.allocate(FIXED_BYTES + bytes());
        canonical.putInt(key.length()).put(key.asByteBuffer());
        canonical.putInt(value.length()).put(value.asByteBuffer());
        canonical.putLong(modRevision);
        return XxHash64.hash(canonical.array(), 0, canonical.capacity());
    }

    /** Returns the bytes of key and value. */
    public int bytes() {
        return key.length() + value.length();
    }
}
