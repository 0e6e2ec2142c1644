package io.hightower.kv.benchmarks.data;

/**
 * The ordinals {@code [0, count)} once each in a shuffled order, and then again from the start: steps of about the golden
 * section around a circle, so that neighbours in time are far apart and nothing has to be remembered.
 *
 * <p>Equal counts give equal orders. <b>Used by one thread at a time.</b>
 */
public final class ShuffledOrdinals {
    private static final double GOLDEN_SECTION = 0.6180339887498949;

    private final long count;
    private final long step;
    private long position;

    /** Begins the order of {@code count} ordinals, 1 or more. */
    public ShuffledOrdinals(long count) {
        this.count = count;
        long found = Math.max(1, (long) (count * GOLDEN_SECTION));
        while (greatestCommonDivisor(found, count) != 1) {
            found++;
        }
        step = found;
    }

    /** Returns the next ordinal. */
    public long next() {
        long ordinal = position;
        position = (position + step) % count;
        return ordinal;
    }

    private static long greatestCommonDivisor(long one, long other) {
        return other == 0 ? one : greatestCommonDivisor(other, one % other);
    }
}
