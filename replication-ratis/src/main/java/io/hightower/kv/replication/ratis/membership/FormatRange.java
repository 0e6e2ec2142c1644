package io.hightower.kv.replication.ratis.membership;

/**
 * The formats of a cluster that a release can work with: how the entries of the log, the calls between members and the state
 * that they send each other are written. All members write the one format that is in force, which is on record; the leader
 * raises it when every member can read a newer one. Formats are counted from 1. <b>Immutable.</b>
 *
 * @param oldest the oldest format that is understood, at least 1
 * @param newest the newest one, at most 255
 */
public record FormatRange(int oldest, int newest) {
    /** What is in force as long as nothing is on record. */
    public static final int FIRST = 1;

    /** What this release understands. */
    public static final FormatRange OF_THIS_RELEASE = new FormatRange(FIRST, FIRST);

    private static final int NEWEST_MAX = 255;

    /** Checks the bounds. */
    public FormatRange {
        if (oldest < FIRST || newest < oldest || newest > NEWEST_MAX) {
            throw new IllegalArgumentException("Not a range of formats: oldest=" + oldest + " newest=" + newest);
        }
    }

    /** Tells whether a member of this release can work in a cluster of that format. */
    public boolean contains(int format) {
        return oldest <= format && format <= newest;
    }

    /** Says what to do when the cluster's format is not understood. */
    public String refusal(int format) {
        String found = ": clusterFormat=" + format + " oldest=" + oldest + " newest=" + newest;
        return format > newest
                ? "The members of the cluster have agreed on a format that this release is too old for. Start a newer"
                        + " release" + found
                : "This release no longer understands the format of the cluster. Start an older release on all members"
                        + " first, then this one" + found;
    }
}
