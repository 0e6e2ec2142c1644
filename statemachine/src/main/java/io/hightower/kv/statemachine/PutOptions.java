package io.hightower.kv.statemachine;

/**
 * What a put may ask for besides writing its value. <b>Immutable.</b>
 *
 * @param lease the lease that the key hangs on from now on, {@link KeyRecord#NO_LEASE} for none: a put without a lease takes
 *     the key off the one that it hung on
 * @param previous whether the result shows what the key held before
 * @param ignoreValue whether the key keeps the value that it has; refused if it has none
 * @param ignoreLease whether the key keeps the lease that it has; refused if it holds no value
 */
public record PutOptions(long lease, boolean previous, boolean ignoreValue, boolean ignoreLease) {
    /** No lease, nothing kept, nothing shown. */
    public static final PutOptions NONE = new PutOptions(KeyRecord.NO_LEASE, false, false, false);

    /** Returns the options of a put that hangs its key on a lease. */
    public static PutOptions lease(long lease) {
        return new PutOptions(lease, false, false, false);
    }

    /** Tells whether the put needs a key that holds a value. */
    public boolean ignoresSomething() {
        return ignoreValue || ignoreLease;
    }
}
