package io.hightower.kv.storage.simulated;

/** How much of an operation was done when the power failed in it. Its caller sees it fail in any case. */
public enum CutPart {
    /** Nothing of it. */
    NOTHING,
    /**
     * The first half of a write; for a sync, the first half of the pending writes; for a durable write, all of the write and
     * the durability of its first half; nothing of what cannot be halved.
     */
    HALF,
    /** All of it; only the answer was lost. */
    ALL
}
