package io.hightower.kv.benchmarks.measure;

import java.util.StringJoiner;

/**
 * Counts of durations in buckets that grow with them: 128 to each power of two, so that a percentile is at most 0.8 % above
 * the duration that was measured. Takes durations of 0 ns to over an hour; longer ones count as the longest.
 *
 * <p>The layout is that of HdrHistogram with two significant digits. <b>Used by one thread at a time.</b>
 */
public final class LatencyHistogram {
    private static final int STEPS_BITS = 7;
    private static final int STEPS = 1 << STEPS_BITS;
    private static final int EXPONENTS = 36;

    private final long[] counts = new long[STEPS * EXPONENTS];
    private long total;

    /** Counts a duration. */
    public void record(long nanos) {
        counts[bucket(Math.max(0, nanos))]++;
        total++;
    }

    /** Adds what another has counted. */
    public void add(LatencyHistogram other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        total += other.total;
    }

    /** Returns what was counted as text without blanks, for {@link #addEncoded}. */
    public String encoded() {
        StringJoiner text = new StringJoiner(",", "[", "]");
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                text.add(i + ":" + counts[i]);
            }
        }
        return text.toString();
    }

    /** Adds what another has counted, in the form that {@link #encoded} returned. */
    public void addEncoded(String encoded) {
        for (String bucket : encoded.substring(1, encoded.length() - 1).split(",", 0)) {
            int colon = bucket.indexOf(':');
            if (colon > 0) {
                long count = Long.parseLong(bucket.substring(colon + 1));
                counts[Integer.parseInt(bucket.substring(0, colon))] += count;
                total += count;
            }
        }
    }

    /** Returns how many durations were counted. */
    public long count() {
        return total;
    }

    /**
     * Returns a duration in nanoseconds that is not exceeded by the given share of those counted, the largest of its
     * bucket; 0 if none was counted.
     *
     * @param share more than 0 and at most 1, for instance 0.99
     */
    public long percentileNanos(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("A share must be in (0, 1]: share=" + share);
        }
        long wanted = (long) Math.ceil(share * total);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted && counts[i] > 0) {
                return largestOf(i);
            }
        }
        return 0;
    }

    /** The first row of 128 buckets holds 0 to 127 exactly; row r holds [2^(6+r), 2^(7+r)) in its upper half-open part. */
    private static int bucket(long nanos) {
        if (nanos < STEPS) {
            return (int) nanos;
        }
        int exponent = Long.SIZE - STEPS_BITS - 1 - Long.numberOfLeadingZeros(nanos);
        int bucket = (exponent + 1) * STEPS + (int) (nanos >>> exponent) - STEPS;
        return Math.min(bucket, STEPS * EXPONENTS - 1);
    }

    private static long largestOf(int bucket) {
        if (bucket < STEPS) {
            return bucket;
        }
        int exponent = bucket / STEPS - 1;
        long step = (long) (bucket % STEPS) + STEPS;
        return ((step + 1) << exponent) - 1;
    }
}
