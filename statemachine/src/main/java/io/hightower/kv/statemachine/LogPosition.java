package io.hightower.kv.statemachine;

/**
 * The place of an entry in the log that orders the commands, be it the local commit log or the log of a cluster.
 *
 * <p><b>Immutable.</b>
 *
 * @param term the reign of the leader that proposed the entry; always 0 in the local commit log
 * @param index counts entries from 1; 0 means before the first entry. Indices grow, but a cluster's own entries may leave
 *     gaps
 */
public record LogPosition(long term, long index) implements Comparable<LogPosition> {
    /** The position before the first entry. */
    public static final LogPosition START = new LogPosition(0, 0);

    /** Checks that neither number is negative. */
    public LogPosition {
        if (term < 0 || index < 0) {
            throw new IllegalArgumentException("A log position cannot be negative: term=" + term + " index=" + index);
        }
    }

    /** Compares by index; a log holds one entry at an index, so the term adds nothing to the order. */
    @Override
    public int compareTo(LogPosition other) {
        return Long.compare(index, other.index);
    }

    @Override
    public String toString() {
        return "(t:" + term + ", i:" + index + ")";
    }
}
