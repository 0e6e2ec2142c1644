package io.hightower.kv.benchmarks.workload;

/** What a measured number counts, and in which direction it is better. */
public enum Unit {
    /** Operations a second; more is better. */
    OPERATIONS_PER_SECOND("operations/s", true),

    /** Events handed to watchers a second, each once for each watcher; more is better. */
    EVENTS_PER_SECOND("events/s", true),

    /** A duration divided by another of the same run; less is better. */
    TIMES("times", false),

    /** Milliseconds; less is better. */
    MILLIS("ms", false),

    /** Bytes; less is better. */
    BYTES("bytes", false),

    /** Bytes for each key; less is better. */
    BYTES_PER_KEY("bytes/key", false);

    private final String label;
    private final boolean moreIsBetter;

    Unit(String label, boolean moreIsBetter) {
        this.label = label;
        this.moreIsBetter = moreIsBetter;
    }

    /** Returns how rows name it. */
    public String label() {
        return label;
    }

    /** Tells whether more is better. */
    public boolean moreIsBetter() {
        return moreIsBetter;
    }
}
