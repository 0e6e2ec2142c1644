package io.hightower.kv.statemachine.spi;

import java.util.function.LongSupplier;

enum NoMetrics implements Metrics, Metrics.Counter, Metrics.Timer {
    NONE;

    @Override
    public Counter counter(String name, String help) {
        return this;
    }

    @Override
    public Timer timer(String name, String help) {
        return this;
    }

    @Override
    public void gauge(String name, String help, LongSupplier value) {
        // Nobody will ask.
    }

    @Override
    public void add(long amount) {
        // Nobody counts.
    }

    @Override
    public long start() {
        return 0;
    }

    @Override
    public void stop(long started) {
        // Nobody measures.
    }
}
