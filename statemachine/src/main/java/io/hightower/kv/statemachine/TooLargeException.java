package io.hightower.kv.statemachine;

/** A key or a request is larger than allowed. Nothing happened; sending the same again fails again. */
public final class TooLargeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** States the facts, as a server told them. */
    public TooLargeException(String message) {
        super(message);
    }

    /** Names what is too large, its size and the limit, both in bytes. */
    public TooLargeException(String what, long bytes, long bytesMax) {
        super(what + " is too large: bytes=" + bytes + " bytesMax=" + bytesMax);
    }
}
