package io.hightower.kv.benchmarks.candidate;

/** What a write has gone through when it returns. */
public enum Durability {
    /** It survives the loss of power: the log was forced to the disk. */
    SYNCED("every write"),

    /** It survives the end of the process where the store can do that: the log was given to the operating system. */
    UNSYNCED("never");

    private final String label;

    Durability(String label) {
        this.label = label;
    }

    /** Returns how rows name it. */
    public String label() {
        return label;
    }
}
