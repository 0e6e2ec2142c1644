package io.hightower.kv.server.metrics;

import io.hightower.kv.statemachine.spi.Metrics;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Metrics that a Micrometer registry keeps: {@code log.sync} becomes {@code hightower.log.sync}, which Prometheus shows as
 * {@code hightower_log_sync_seconds}. Thread-safe.
 */
public final class MicrometerMetrics implements Metrics.Scope {
    private static final String PREFIX = "hightower.";

    private final MeterRegistry registry;
    private final Tags labels;

    /** What goes when this scope is closed, with the labelled views of it; null if it goes with the registry. */
    private final @Nullable ConcurrentLinkedQueue<Meter> mine;

    /** Counts into {@code registry}. */
    public MicrometerMetrics(MeterRegistry registry) {
        this(registry, Tags.empty(), null);
    }

    private MicrometerMetrics(MeterRegistry registry, Tags labels, @Nullable ConcurrentLinkedQueue<Meter> mine) {
        this.registry = registry;
        this.labels = labels;
        this.mine = mine;
    }

    private <M extends Meter> M kept(M meter) {
        if (mine != null) {
            mine.add(meter);
        }
        return meter;
    }

    @Override
    public Counter counter(String name, String help) {
        io.micrometer.core.instrument.Counter counter =
                kept(io.micrometer.core.instrument.Counter.builder(PREFIX + name)
                        .description(help)
                        .tags(labels)
                        .register(registry));
        return counter::increment;
    }

    @Override
    public Timer timer(String name, String help) {
        return new RegisteredTimer(kept(io.micrometer.core.instrument.Timer.builder(PREFIX + name)
                .description(help)
                .tags(labels)
                .serviceLevelObjectives(LatencyBuckets.BOUNDS)
                .register(registry)));
    }

    @Override
    public Distribution distribution(String name, String help) {
        DistributionSummary summary = kept(DistributionSummary.builder(PREFIX + name)
                .description(help)
                .tags(labels)
                .register(registry));
        return summary::record;
    }

    @Override
    public void gauge(String name, String help, LongSupplier value) {
        kept(Gauge.builder(PREFIX + name, value::getAsLong)
                .description(help)
                .tags(labels)
                .strongReference(true)
                .register(registry));
    }

    @Override
    public Metrics labelled(String label, String value) {
        return new MicrometerMetrics(registry, labels.and(label, value), mine);
    }

    @Override
    public Scope scope() {
        return new MicrometerMetrics(registry, labels, new ConcurrentLinkedQueue<>());
    }

    @Override
    public void close() {
        if (mine == null) {
            return;
        }
        for (Meter meter = mine.poll(); meter != null; meter = mine.poll()) {
            registry.remove(meter);
        }
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
