package io.hightower.kv.statemachine;

/**
 * One write of a {@link Command.WriteSystem}. <b>Immutable.</b>
 *
 * @param key the key, 1 to {@value Limits#KEY_BYTES_MAX} bytes
 * @param removal whether the record is removed instead of written
 * @param value the value; empty in a removal
 * @param expectedRevision the {@link SystemRecord#modRevision} that the record must have; {@link #ABSENT} if there must be
 *     none, {@link #ANY} if everything will do
 */
public record SystemWrite(Bytes key, boolean removal, Bytes value, long expectedRevision) {
    /** There must be no record. */
    public static final long ABSENT = 0;

    /** Nothing is expected. */
    public static final long ANY = -1;

    /** Checks the key, and that a removal has no value. */
    public SystemWrite {
        Limits.requireKey(key);
        if (expectedRevision < ANY || (removal && !value.isEmpty())) {
            throw new IllegalArgumentException(
                    "A write of the system key space needs an expected revision of -1 or more,"
                            + " and a removal has no value: key=" + key + " expectedRevision=" + expectedRevision);
        }
    }

    /** Returns a write of a value, whatever is there. */
    public static SystemWrite value(Bytes key, Bytes value) {
        return new SystemWrite(key, false, value, ANY);
    }

    /** Returns a removal, whatever is there. */
    public static SystemWrite removal(Bytes key) {
        return new SystemWrite(key, true, Bytes.EMPTY, ANY);
    }

    /** Returns the same write for a record of this revision only. */
    public SystemWrite expecting(long revision) {
        return new SystemWrite(key, removal, value, revision);
    }
}
