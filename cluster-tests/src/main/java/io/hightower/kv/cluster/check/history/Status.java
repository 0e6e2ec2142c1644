package io.hightower.kv.cluster.check.history;

/** What a client knows of the end of an operation. */
public enum Status {
    /** It was answered. */
    OK,
    /** It certainly had no effect, and never will. */
    FAIL,
    /** It may have taken effect, may still do so, or never. */
    INFO
}
