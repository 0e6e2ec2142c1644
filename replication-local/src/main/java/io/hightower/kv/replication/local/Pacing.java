package io.hightower.kv.replication.local;

import io.hightower.kv.statemachine.spi.StateStore;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The waiting that a store asks of its writers while it lags behind.
 *
 * <p>A price of microseconds could not be slept: timers wake late by more than that. So the prices of what was written add up
 * to a debt, which is paid before the next group once it is worth a sleep, and a sleep that took longer is set off against the
 * next ones.
 * <b>Used by one thread at a time</b>, who has the turn.
 */
final class Pacing {
    /** The longest sleep, after which the store is asked again: it may have caught up. */
    static final long STEP_NANOS = 5_000_000;

    private static final int KIB = 1024;

    /** A debt below this is only noted. */
    private static final long SLEEP_NANOS_LEAST = 500_000;

    /** The most that is owed for one group, whatever the store asks. */
    static final long PRICE_NANOS_MOST = 1_000_000_000;

    private final StateStore store;
    private final LongSupplier nanoClock;
    private final LongConsumer sleeper;

    private long debtNanos;

    /** {@code sleeper} sleeps for about so many nanoseconds, and not much longer. */
    Pacing(StateStore store, LongSupplier nanoClock, LongConsumer sleeper) {
        this.store = store;
        this.nanoClock = nanoClock;
        this.sleeper = sleeper;
    }

    /** Notes the price of what was written. */
    void owe(long bytes) {
        long price = store.writeDelayNanos();
        if (price != 0 && price != StateStore.WRITES_STOPPED) {
            double nanos = (double) price * bytes / KIB;
            debtNanos += (long) Math.min(nanos, PRICE_NANOS_MOST);
        }
    }

    /** Pays what is owed. False, at once or after a while, if nothing may be written at present. */
    boolean pay() {
        long price = store.writeDelayNanos();
        if (price == 0) {
            debtNanos = 0;
            return true;
        }
        if (price == StateStore.WRITES_STOPPED) {
            return false;
        }
        while (debtNanos >= SLEEP_NANOS_LEAST) {
            sleep(Math.min(debtNanos, STEP_NANOS));
            price = store.writeDelayNanos();
            if (price == StateStore.WRITES_STOPPED) {
                return false;
            }
            if (price == 0) {
                debtNanos = 0;
            }
        }
        return true;
    }

    private void sleep(long nanos) {
        long started = nanoClock.getAsLong();
        sleeper.accept(nanos);
        // Bounded, so that a machine that was suspended does not write for hours without paying.
        debtNanos = Math.max(-STEP_NANOS, debtNanos - (nanoClock.getAsLong() - started));
    }

    /** Waits a step, for the store to catch up. */
    void pause() {
        sleeper.accept(STEP_NANOS);
    }
}
