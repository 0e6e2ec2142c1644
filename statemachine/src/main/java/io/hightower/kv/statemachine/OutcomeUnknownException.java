package io.hightower.kv.statemachine;

/**
 * The command was accepted, but whether it takes effect is not known: it may have happened, may happen later, or never.
 *
 * <p>Sending it again can apply it twice. Read the key first, use an explicit version, which makes a repetition
 * harmless, or write through a {@code Session}, which sends it again without that risk.
 */
public final class OutcomeUnknownException extends HightowerException {
    private static final long serialVersionUID = 1L;

    /** States the facts. */
    public OutcomeUnknownException(String message) {
        super(message);
    }

    /** States the facts and keeps the cause. */
    public OutcomeUnknownException(String message, Throwable cause) {
        super(message, cause);
    }
}
