package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.statemachine.spi.Metrics;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** What the engine counts of its merges: how many began, and how many versions they dropped. <b>Thread-safe.</b> */
final class MergeCounts implements Metrics {
    private static final String MERGES = "store.merge";
    private static final String DROPPED = "store.merge.dropped";

    private final LongAdder begun = new LongAdder();
    private final LongAdder dropped = new LongAdder();

    /** Returns how many merges began. */
    long begun() {
        return begun.sum();
    }

    /** Returns how many versions were dropped by merges that have ended. */
    long dropped() {
        return dropped.sum();
    }

    @Override
    public Counter counter(String name, String help) {
        return name.equals(DROPPED) ? dropped::add : amount -> {};
    }

    @Override
    public Timer timer(String name, String help) {
        boolean isMerging = name.equals(MERGES);
        return new Timer() {
            @Override
            public long start() {
                if (isMerging) {
                    begun.increment();
                }
                return 0;
            }

            @Override
            public void stop(long started) {
                // Only beginnings are counted.
            }
        };
    }

    @Override
    public Distribution distribution(String name, String help) {
        return Metrics.none().distribution(name, help);
    }

    @Override
    public Metrics labelled(String label, String value) {
        return this;
    }

    @Override
    public Scope scope() {
        return Metrics.none().scope();
    }

    @Override
    public void gauge(String name, String help, LongSupplier value) {
        // Nobody collects.
    }
}
