package io.hightower.kv.client;

/**
 * The answer to a read, or a refusal, is not one that a Hightower KV server gives: the endpoint belongs to something else, or
 * to another release. Nothing was written. Sending the same again fails again.
 */
public final class UnexpectedAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** States the facts. */
    public UnexpectedAnswerException(String message) {
        super(message);
    }

    /** States the facts and keeps the cause. */
    public UnexpectedAnswerException(String message, Throwable cause) {
        super(message, cause);
    }
}
