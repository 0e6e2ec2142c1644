package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.time.LogicalClock;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * The logical time of this member while it leads: a clock of its own for every term, begun when the member has applied what
 * earlier leaders left. What a clock has counted in an earlier term is forgotten, but for the entries that were applied.
 *
 * <p>Thread-safe; never blocks.
 */
final class LeaderTime {
    private final LongSupplier termReady;
    private final StateStore store;
    private final LongSupplier nanoClock;
    private final AtomicReference<Reign> latest;

    /** The clock of one term that this member led. */
    private record Reign(long term, LogicalClock clock) {}

    /**
     * Has no clock yet.
     *
     * @param termReady the term in which this member leads and is ready, -1 if there is none
     * @param nanoClock monotonic
     */
    LeaderTime(LongSupplier termReady, StateStore store, LongSupplier nanoClock) {
        this.termReady = termReady;
        this.store = store;
        this.nanoClock = nanoClock;
        this.latest = new AtomicReference<>(new Reign(-1, clockOfTheState()));
    }

    private LogicalClock clockOfTheState() {
        return new LogicalClock(nanoClock, store.applied().logicalTimeMillis());
    }

    /** Begins the clock of a new term, if this member leads and is ready: from now on time passes. */
    void begin() {
        nowMillis();
    }

    /** Returns the present time, not before that of any entry applied here; empty if this member does not lead or is not ready. */
    OptionalLong nowMillis() {
        long term = termReady.getAsLong();
        if (term < 0) {
            return OptionalLong.empty();
        }
        LogicalClock clock = clockOf(term);
        clock.advanceTo(store.applied().logicalTimeMillis());
        return OptionalLong.of(clock.nowMillis());
    }

    /**
     * Takes note of an entry that the log has taken. Its time is of an earlier term if the member was deposed and came back
     * between asking for the time and logging; then those that follow must not be earlier.
     */
    void logged(long term, long entryMillis) {
        if (termReady.getAsLong() == term) {
            clockOf(term).advanceTo(entryMillis);
        }
    }

    /** Whoever asks for a term that has ended meanwhile gets the clock of the later one. */
    private LogicalClock clockOf(long term) {
        return latest.updateAndGet(reign -> reign.term() >= term ? reign : new Reign(term, clockOfTheState()))
                .clock();
    }
}
