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

    /** Has {@code value} read whenever metrics are collected, on the collecting thread. */
    void gauge(String name, String help, LongSupplier value);

    /** Returns metrics that count nothing. */
    static Metrics none() {
        return NoMetrics.NONE;
    }

    /** A number that grows. */
    interface Counter {
        /** Adds {@code amount}, which is not negative. */
        void add(long amount);
    }

    /** A distribution of durations. */
    interface Timer {
        /** Returns the monotonic time in nanoseconds to hand to {@link #stop}, or 0 when nobody measures. */
        long start();

        /** Records the time since {@code started}, which {@link #start} returned. */
        void stop(long started);
    }
}
