package io.hightower.kv.statemachine;

/**
 * A time-to-live that keys hang on: when it ends, they are deleted. Its times are logical ones, carried by entries.
 *
 * <p><b>Immutable.</b>
 *
 * @param id chosen by the proposer; any number but 0
 * @param ttlSeconds what it was granted for, 1 to {@value #TTL_SECONDS_MAX}
 * @param expiryMillis the logical time at which it ends, unless it is renewed before
 */
public record Lease(long id, long ttlSeconds, long expiryMillis) {
    /** Longest time-to-live, as in etcd: some 285 years. */
    public static final long TTL_SECONDS_MAX = 9_000_000_000L;

    private static final long MILLIS_PER_SECOND = 1000;

    /** Checks id and time-to-live. */
    public Lease {
        requireId(id);
        requireTtl(ttlSeconds);
    }

    /** Returns a lease that was granted or renewed at a logical time. */
    public static Lease beginning(long id, long ttlSeconds, long nowMillis) {
        requireTtl(ttlSeconds);
        return new Lease(id, ttlSeconds, nowMillis + ttlSeconds * MILLIS_PER_SECOND);
    }

    /**
     * Tells whether it ended before a logical time. Times are rounded down, so in the millisecond in which it ends a part of
     * it may be left.
     */
    public boolean isExpired(long nowMillis) {
        return expiryMillis < nowMillis;
    }

    /** Returns the milliseconds from a logical time to its end; 0 if it ended. */
    public long remainingMillis(long nowMillis) {
        return Math.max(0, expiryMillis - nowMillis);
    }

    static void requireId(long id) {
        if (id == KeyRecord.NO_LEASE) {
            throw new IllegalArgumentException("A lease cannot have the id 0");
        }
    }

    static void requireTtl(long ttlSeconds) {
        if (ttlSeconds < 1 || ttlSeconds > TTL_SECONDS_MAX) {
            throw new IllegalArgumentException(
                    "A time-to-live must be 1 to " + TTL_SECONDS_MAX + ": ttlSeconds=" + ttlSeconds);
        }
    }
}
