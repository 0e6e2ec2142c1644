package io.hightower.kv.statemachine.spi;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The waiting that a store asks of whoever proposes commands while it lags behind.
 *
 * <p>A price of microseconds could not be slept: timers wake late by more than that. So the prices of what was written add up
 * to a debt, which is paid before the next group once it is worth a sleep, and a sleep that took longer is set off against the
 * next ones. So a lone writer of small records pays for each KiB as much as one of large batches.
 * <b>Used by one thread at a time</b>, the one that proposes.
 */
public final class Pacing {
    /** The longest sleep, after which the store is asked again: it may have caught up. */
    static final long STEP_NANOS = 5_000_000;

    private static final int KIB = 1024;

    /** A debt below this is only noted. */
    private static final long SLEEP_NANOS_LEAST = 500_000;

    /** The most that is owed for one group, whatever the store asks. */
    static final long PRICE_NANOS_MOST = 1_000_000_000;

    private final LongSupplier kibNanos;
    private final LongSupplier nanoClock;
    private final LongConsumer sleeper;

    private long debtNanos;

    /**
     * Begins without debt.
     *
     * @param kibNanos the price of a KiB, {@link StateStore#writeDelayNanos}
     * @param nanoClock the monotonic clock, in nanoseconds
     * @param sleeper sleeps for about so many nanoseconds, and not much longer
     */
    public Pacing(LongSupplier kibNanos, LongSupplier nanoClock, LongConsumer sleeper) {
        this.kibNanos = kibNanos;
        this.nanoClock = nanoClock;
        this.sleeper = sleeper;
    }

    /** Notes the price of what was written. */
    public void owe(long bytes) {
        long price = kibNanos.getAsLong();
        if (price != 0 && price != StateStore.WRITES_STOPPED) {
            double nanos = (double) price * bytes / KIB;
            debtNanos += (long) Math.min(nanos, PRICE_NANOS_MOST);
        }
    }

    /** Pays what is owed. False, at once or after a while, if nothing may be written at present. */
    public boolean pay() {
        long price = kibNanos.getAsLong();
        if (price == 0) {
            debtNanos = 0;
            return true;
        }
        if (price == StateStore.WRITES_STOPPED) {
            return false;
        }
        while (debtNanos >= SLEEP_NANOS_LEAST) {
            sleep(Math.min(debtNanos, STEP_NANOS));
            price = kibNanos.getAsLong();
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
    public void pause() {
        sleeper.accept(STEP_NANOS);
    }
}
