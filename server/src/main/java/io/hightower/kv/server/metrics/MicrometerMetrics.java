package io.hightower.kv.server.metrics;

import io.hightower.kv.statemachine.spi.Metrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Metrics that a Micrometer registry keeps: {@code log.sync} becomes {@code hightower.log.sync}, which Prometheus shows as
 * {@code hightower_log_sync_seconds}. Thread-safe.
 */
public final class MicrometerMetrics implements Metrics {
    private static final String PREFIX = "hightower.";

    private final MeterRegistry registry;

    /** Counts into {@code registry}. */
    public MicrometerMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Counter counter(String name, String help) {
        io.micrometer.core.instrument.Counter counter = io.micrometer.core.instrument.Counter.builder(PREFIX + name)
                .description(help)
                .register(registry);
        return counter::increment;
    }

    @Override
    public Timer timer(String name, String help) {
        return new RegisteredTimer(io.micrometer.core.instrument.Timer.builder(PREFIX + name)
                .description(help)
                .serviceLevelObjectives(LatencyBuckets.BOUNDS)
                .register(registry));
    }

    @Override
    public void gauge(String name, String help, LongSupplier value) {
        Gauge.builder(PREFIX + name, value::getAsLong)
                .description(help)
                .strongReference(true)
                .register(registry);
    }

    private record RegisteredTimer(io.micrometer.core.instrument.Timer timer) implements Timer {
        @Override
        public long start() {
            return System.nanoTime();
        }

        @Override
        public void stop(long started) {
            timer.record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
        }
    }
}
