package io.hightower.kv.statemachine;

/** A read could not be confirmed to be up to date in time. Nothing happened; reading again is safe. */
public final class ReadUnavailableException extends HightowerException {
    private static final long serialVersionUID = 1L;

    /** States the facts. */
    public ReadUnavailableException(String message) {
        super(message);
    }

    /** States the facts and keeps the cause. */
    public ReadUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
