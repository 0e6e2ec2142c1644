package io.hightower.kv.server.rest;

/**
 * How long the server still waits for the reader of a stream. The reader uses it up by waiting and wins it back by taking
 * bytes, never more than it had at first: so it may stop for a while, but is not slower than the least rate for long. Only
 * the waits of the server count, not the time in which it reads the store. <b>Used by one thread at a time.</b>
 */
final class Patience {
    private final RestLimits limits;
    private long nanosLeft;

    Patience(RestLimits limits) {
        this.limits = limits;
        this.nanosLeft = limits.patience().toNanos();
    }

    /** Returns how long the client may take for so many bytes. */
    long nanosFor(long bytes) {
        return nanosLeft + limits.timeAtLeastRate(bytes).toNanos();
    }

    /** Notes that the client took so many bytes, and let the server wait so long. */
    void taken(long bytes, long nanosWaited) {
        nanosLeft = Math.min(limits.patience().toNanos(), nanosFor(bytes) - nanosWaited);
    }
}
