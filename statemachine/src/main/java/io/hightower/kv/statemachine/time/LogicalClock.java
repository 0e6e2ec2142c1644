package io.hightower.kv.statemachine.time;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The logical time of one leadership: where the state stood when it began, plus the time that has passed since by the
 * monotonic clock of this process.
 *
 * <p>It is begun when a member has become the leader and has applied every entry of earlier leaders, or when a store without
 * a cluster has recovered; and it is dropped with that leadership, because the time without a leader does not count.
 *
 * <p><b>Ordering.</b> Never goes back: an answer is not less than any that was given before it, by any thread.
 * <b>Threads.</b> Thread-safe; never blocks. <b>Lifetime.</b> One leadership.
 */
public final class LogicalClock {
    private final LongSupplier nanoClock;
    private final long begunNanos;

    /** What {@link #nowMillis} said, or would have said, when the clock began. */
    private final AtomicLong baseMillis;

    /**
     * Begins now.
     *
     * @param nanoClock nanoseconds since an arbitrary moment; never goes back, by any thread, as {@link System#nanoTime}.
     *     Only differences count, so it may overflow
     * @param appliedMillis the logical time of the state, which is the greatest of all entries applied; 0 or more
     */
    public LogicalClock(LongSupplier nanoClock, long appliedMillis) {
        this.nanoClock = nanoClock;
        this.begunNanos = nanoClock.getAsLong();
        this.baseMillis = new AtomicLong(appliedMillis);
    }

    /**
     * Returns the logical time in milliseconds. It is rounded down, so between two answers a millisecond more may have passed
     * than they differ by, or a millisecond less.
     */
    public long nowMillis() {
        return baseMillis.get() + elapsedMillis();
    }

    /**
     * Moves the time up to that of an entry, and lets it go on from there; nothing happens if it is there already. Whoever
     * began the clock too early learns of the entries that it missed.
     */
    public void advanceTo(long entryMillis) {
        baseMillis.accumulateAndGet(entryMillis - elapsedMillis(), Math::max);
    }

    private long elapsedMillis() {
        return TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - begunNanos);
    }
}
