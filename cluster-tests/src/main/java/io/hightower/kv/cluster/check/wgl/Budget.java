package io.hightower.kv.cluster.check.wgl;

/**
 * How much a search may cost before it gives up, for each group of keys. <b>Immutable.</b>
 *
 * @param stepsMax operations that are tried, 1 or more; about 5 million take a second
 * @param memoEntriesMax states that are remembered, 1 or more, of 16 to 32 bytes each
 */
public record Budget(long stepsMax, int memoEntriesMax) {
    /** Enough for anything that ten clients do on a key, and a few seconds at most. */
    public static final Budget DEFAULT = new Budget(20_000_000, 4_000_000);

    /** Checks the bounds. */
    public Budget {
        if (stepsMax < 1 || memoEntriesMax < 1) {
            throw new IllegalArgumentException("A search needs at least one step and one entry: stepsMax=" + stepsMax
                    + " memoEntriesMax=" + memoEntriesMax);
        }
    }
}
