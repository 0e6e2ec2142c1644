package io.hightower.kv.statemachine.spi;

import java.util.function.LongSupplier;

/**
 * Where the store counts what it does. Unset, counting costs one call of an empty method, and times are not taken.
 *
 * <p>Names are lower-case words joined by dots, such as {@code log.sync}; asking twice for a name gives the same
 * instrument. Thread-safe.
 */
public interface Metrics {
    /** Returns the counter of that name; it only grows. */
    Counter counter(String name, String help);

    /** Returns the timer of that name. */
    Timer timer(String name, String help);

    /** Returns the distribution of that name; the name ends with the unit. */
    Distribution distribution(String name, String help);

    /** Has {@code value} read whenever metrics are collected, on the collecting thread. */
    void gauge(String name, String help, LongSupplier value);

    /**
     * Returns the same metrics with a label on everything that is asked for through them. One name always has the same
     * labels. Values are few: members, not keys.
     */
    Metrics labelled(String label, String value);

    /** Returns the same metrics, in which what is asked for through them lives as long as they do. The caller closes them. */
    Scope scope();

    /** Returns metrics that count nothing. */
    static Metrics none() {
        return NoMetrics.NONE;
    }

    /** A number that grows. */
    interface Counter {
        /** Adds {@code amount}, which is not negative. */
        void add(long amount);
    }

    /** Metrics that end. */
    interface Scope extends Metrics, AutoCloseable {
        /** Takes away the instruments that were asked for through this scope, labelled or not. Idempotent. */
        @Override
        void close();
    }

    /** A distribution of sizes. */
    interface Distribution {
        /** Records one size, which is not negative. */
        void record(long size);
    }

    /** A distribution of durations. */
    interface Timer {
        /** Returns the monotonic time in nanoseconds to hand to {@link #stop}, or 0 when nobody measures. */
        long start();

        /** Records the time since {@code started}, which {@link #start} returned. */
        void stop(long started);
    }
}
