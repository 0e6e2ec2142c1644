package io.hightower.kv.benchmarks.candidate;

/** A measured store failed, or cannot be used on this machine. The message says what to do. */
public final class CandidateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** States what failed and keeps the cause. */
    public CandidateException(String message, Throwable cause) {
        super(message, cause);
    }
}
