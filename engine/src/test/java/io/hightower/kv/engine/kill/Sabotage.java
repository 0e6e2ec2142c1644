package io.hightower.kv.engine.kill;

/** What a victim does wrong on purpose, so that it shows whether the loop would notice. */
enum Sabotage {
    /** Nothing. */
    NONE,
    /** Acknowledges a write before it hands it to the store. */
    ACKNOWLEDGES_EARLY,
    /** Acknowledges some writes and never hands them to the store. */
    FORGETS_WRITES,
    /** Writes the commands of a batch one by one. */
    SPLITS_BATCHES
}
