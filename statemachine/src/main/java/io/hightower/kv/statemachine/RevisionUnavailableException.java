package io.hightower.kv.statemachine;

/** A read asked for a revision that the store no longer has, or does not have yet. Nothing is wrong with the store. */
public final class RevisionUnavailableException extends HightowerException {
    private static final long serialVersionUID = 1L;

    private final long requested;
    private final long oldest;
    private final long newest;

    /**
     * Names what was asked for and what there is.
     *
     * @param requested the main revision asked for
     * @param oldest the oldest main revision that can be read
     * @param newest the newest
     */
    public RevisionUnavailableException(long requested, long oldest, long newest) {
        super(
                requested < oldest
                        ? "The revision has been compacted, ask for a newer one: requested=" + requested + " oldest="
                                + oldest + " newest=" + newest
                        : "The revision has not come yet: requested=" + requested + " oldest=" + oldest + " newest="
                                + newest);
        this.requested = requested;
        this.oldest = oldest;
        this.newest = newest;
    }

    /** Tells whether the revision was compacted; if not, it lies in the future. */
    public boolean isCompacted() {
        return requested < oldest;
    }

    /** Returns the oldest main revision that can be read. */
    public long oldest() {
        return oldest;
    }

    /** Returns the newest main revision that can be read. */
    public long newest() {
        return newest;
    }
}
