package io.hightower.kv.statemachine;

/**
 * Why a command or a request had no effect, other than by failure. The texts are those of etcd, whose clients compare them;
 * on the wire they stand behind {@link #WIRE_PREFIX}.
 */
public enum Refusal {
    /** The key is empty. */
    KEY_MISSING("key is not provided"),
    /** A put that keeps value or lease met a key that holds no value. */
    KEY_NOT_FOUND("key not found"),
    /** A put that keeps the value brought one. */
    VALUE_PROVIDED("value is provided"),
    /** A put that keeps the lease brought one. */
    LEASE_PROVIDED("lease is provided"),
    /** A transaction has too many conditions or operations, or is nested too deeply. */
    TOO_MANY_OPERATIONS("too many operations in txn request"),
    /** A branch of a transaction would change a key twice. */
    DUPLICATE_KEY("duplicate key given in txn request"),
    /** A sort order that there is not. */
    INVALID_SORT("invalid sort option"),
    /** The revision is older than what history keeps. */
    COMPACTED("mvcc: required revision has been compacted"),
    /** The revision has not come yet. */
    FUTURE_REVISION("mvcc: required revision is a future revision"),
    /** No lease has the id. */
    LEASE_NOT_FOUND("requested lease not found"),
    /** A lease has the id already. */
    LEASE_EXISTS("lease already exists"),
    /** The time-to-live is longer than {@link Lease#TTL_SECONDS_MAX}. */
    LEASE_TTL_TOO_LARGE("too large lease TTL");

    /** What etcd puts before each text on the wire. */
    public static final String WIRE_PREFIX = "etcdserver: ";

    private final String text;

    Refusal(String text) {
        this.text = text;
    }

    /** Returns the text without {@link #WIRE_PREFIX}. */
    public String text() {
        return text;
    }
}
