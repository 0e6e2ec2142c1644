package io.hightower.kv.storage.merge;

/** Slows a merge down for the sake of others. Called by the thread that merges. */
@FunctionalInterface
public interface Pacer {
    /** As fast as possible. */
    Pacer NONE = bytes -> {};

    /** Says that so many bytes were written since the call before. Returns when the merge may go on. */
    void written(long bytes);
}
