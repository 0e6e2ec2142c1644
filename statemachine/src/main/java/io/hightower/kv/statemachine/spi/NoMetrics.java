package io.hightower.kv.statemachine.spi;

import java.util.function.LongSupplier;

enum NoMetrics implements Metrics.Scope, Metrics.Counter, Metrics.Timer, Metrics.Distribution {
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
    public Distribution distribution(String name, String help) {
        return this;
    }

    @Override
    public void gauge(String name, String help, LongSupplier value) {
        // Nobody will ask.
    }

    @Override
    public Metrics labelled(String label, String value) {
        return this;
    }

    @Override
    public Scope scope() {
        return this;
    }

    @Override
    public void close() {
        // Nothing was taken.
    }

    @Override
    public void record(long size) {
        // Nobody looks.
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
