package io.hightower.kv.statemachine;

/**
 * Why a command or a request had no effect, other than by failure. The texts are those of etcd, whose clients compare them,
 * but for sessions, which it does not have; on the wire they stand behind {@link #WIRE_PREFIX}.
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
    LEASE_TTL_TOO_LARGE("too large lease TTL"),
    /** A session has the id already. */
    SESSION_EXISTS("session already exists"),
    /** No session has the id: it was never opened, was closed, or was not used for its time-to-live. */
    SESSION_EXPIRED("session not found or expired"),
    /** There are {@link SessionRecord#COUNT_MAX} sessions. */
    TOO_MANY_SESSIONS("too many sessions"),
    /** A command of a session has a number smaller than the last one. Whether it was applied then is not known any more. */
    SESSION_SEQUENCE_PASSED("sequence of the session has passed"),
    /** A command of a session has a number greater than the next one. */
    SESSION_SEQUENCE_AHEAD("sequence of the session has not come yet"),
    /** The command of a session was applied when it came first, but its answer was too large to be kept. */
    SESSION_ANSWER_NOT_KEPT("command of the session was applied, its answer is not kept");

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
