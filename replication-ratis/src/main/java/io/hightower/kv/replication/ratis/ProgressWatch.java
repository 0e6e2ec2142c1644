package io.hightower.kv.replication.ratis;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * For how long nothing has gone on although there was something to do, as somebody sees it who looks regularly. <b>Used by one
 * thread at a time.</b>
 */
final class ProgressWatch {
    /**
     * So much time a look adds at most. The process may have been stopped in between, or had no processor: nobody knows what
     * would have gone on meanwhile.
     */
    static final Duration STEP_MAX = Duration.ofSeconds(2);

    private final LongSupplier nanoClock;
    private long lookedNanos;
    private long stuckNanos;
    private @Nullable Object mark;

    ProgressWatch(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.lookedNanos = nanoClock.getAsLong();
    }

    /**
     * Looks.
     *
     * @param hasWork whether there is something to do
     * @param reached what has been done so far; anything that is not equal to the last look's is progress
     * @return for how long nothing has gone on
     */
    Duration look(boolean hasWork, Object reached) {
        long now = nanoClock.getAsLong();
        long step = Math.min(now - lookedNanos, STEP_MAX.toNanos());
        lookedNanos = now;
        stuckNanos = hasWork && reached.equals(mark) ? stuckNanos + step : 0;
        mark = reached;
        return Duration.ofNanos(stuckNanos);
    }
}
