package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.spi.Metrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Metrics that a test can ask. */
final class CountingMetrics implements Metrics {
    private final Map<String, Long> counts = new ConcurrentHashMap<>();
    private final Map<String, LongSupplier> gauges = new ConcurrentHashMap<>();

    @Override
    public Counter counter(String name, String help) {
        return amount -> counts.merge(name, amount, Long::sum);
    }

    @Override
    public Timer timer(String name, String help) {
        return new Timer() {
            @Override
            public long start() {
                return 1;
            }

            @Override
            public void stop(long started) {
                counts.merge(name, started, Long::sum);
            }
        };
    }

    @Override
    public void gauge(String name, String help, LongSupplier value) {
        gauges.put(name, value);
    }

    long count(String counter) {
        return counts.getOrDefault(counter, 0L);
    }

    long stopped(String timer) {
        return count(timer);
    }

    long gauge(String name) {
        return gauges.get(name).getAsLong();
    }
}
