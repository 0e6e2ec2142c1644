package io.hightower.kv.engine.watch;

import io.hightower.kv.statemachine.spi.Metrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Metrics whose counters a test can ask. Times and gauges are not taken. */
final class CountingMetrics implements Metrics {
    private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();

    /** Returns what the counter of that name has come to. */
    long count(String name) {
        return adder(name).sum();
    }

    private LongAdder adder(String name) {
        return counters.computeIfAbsent(name, unused -> new LongAdder());
    }

    @Override
    public Counter counter(String name, String help) {
        return adder(name)::add;
    }

    @Override
    public Timer timer(String name, String help) {
        return Metrics.none().timer(name, help);
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
        // Nobody asks.
    }
}
