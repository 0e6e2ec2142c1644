package io.hightower.kv.statemachine;

/** The command was not accepted and will never take effect: <b>sending it again is safe</b>. */
public final class NotReplicatedException extends HightowerException {
    private static final long serialVersionUID = 1L;

    /** Why the command was not accepted. */
    public enum Reason {
        /** Too much is waiting already; wait and send again. */
        OVERLOADED,
        /** No leader is known or reachable at the moment. */
        NO_LEADER,
        /** The store is closing or closed. */
        STOPPED,
        /** The store refuses writes after a failure until it is reopened; reads still work. */
        STORE_FAILED,
        /** The disk holding the store is full, or nearly so. */
        DISK_FULL
    }

    private final Reason reason;

    /** States the reason and the facts. */
    public NotReplicatedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** States the reason and the facts, and keeps the cause. */
    public NotReplicatedException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Returns why the command was not accepted. */
    public Reason reason() {
        return reason;
    }
}
