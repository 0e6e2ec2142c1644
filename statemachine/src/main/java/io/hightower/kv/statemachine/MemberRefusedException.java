package io.hightower.kv.statemachine;

/**
 * A member must not take part in its cluster: it was removed, was never added, or has lost what it voted for and
 * acknowledged. Starting it again changes nothing; the message says what does.
 */
public final class MemberRefusedException extends StorageException {
    private static final long serialVersionUID = 1L;

    /** States the reason and the facts. */
    public MemberRefusedException(String message) {
        super(message);
    }
}
