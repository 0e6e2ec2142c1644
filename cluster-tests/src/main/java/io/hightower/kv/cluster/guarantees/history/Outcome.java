package io.hightower.kv.cluster.guarantees.history;

/** What is known of the end of an operation. */
public enum Outcome {
    /** It was answered, with a refusal perhaps. */
    OK,
    /** It certainly had no effect, and has no answer. */
    FAIL,
    /** It may have taken effect, may still do so, or never. */
    UNKNOWN
}
