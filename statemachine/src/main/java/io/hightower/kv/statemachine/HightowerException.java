package io.hightower.kv.statemachine;

/**
 * A failure of the world around the store. Each subtype stands for one decision that the caller can make.
 *
 * <p>Messages are a constant sentence followed by {@code name=value} facts.
 */
public abstract class HightowerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HightowerException(String message) {
        super(message);
    }

    HightowerException(String message, Throwable cause) {
        super(message, cause);
    }
}
