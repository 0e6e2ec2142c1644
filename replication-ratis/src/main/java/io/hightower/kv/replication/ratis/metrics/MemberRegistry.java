package io.hightower.kv.replication.ratis.metrics;

import io.hightower.kv.statemachine.spi.Metrics;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;

/**
 * The instruments of one part of Ratis, for one member. Ratis asks again for what it has, for instance when a leadership begins;
 * it gets the same timers and counters, and its new gauges take the place of the old. Thread-safe.
 */
final class MemberRegistry implements RatisMetricRegistry {
    private static final Timekeeper NOT_SHOWN = () -> () -> 0L;

    private final MetricRegistryInfo info;
    private final Metrics metrics;
    private final Map<String, Timekeeper> timers = new ConcurrentHashMap<>();
    private final Map<String, LongCounter> counters = new ConcurrentHashMap<>();
    private final Map<String, ShownGauge> gauges = new ConcurrentHashMap<>();

    MemberRegistry(MetricRegistryInfo info, Metrics metrics) {
        this.info = info;
        this.metrics = metrics;
    }

    /** A gauge, which shows what Ratis gave last under its name. */
    private static final class ShownGauge {
        private final Metrics.Scope scope;
        private volatile Supplier<?> value;

        ShownGauge(Supplier<?> value, Metrics.Scope scope) {
            this.value = value;
            this.scope = scope;
        }

        long read() {
            return value.get() instanceof Number number ? number.longValue() : 0;
        }
    }

    /** Counts for Ratis, and shows what is counted up. */
    private static final class ShownCounter implements LongCounter {
        private final AtomicLong count = new AtomicLong();
        private final Metrics.Counter shown;

        ShownCounter(Metrics.Counter shown) {
            this.shown = shown;
        }

        @Override
        public void inc(long amount) {
            count.addAndGet(amount);
            shown.add(amount);
        }

        @Override
        public void dec(long amount) {
            // None of those that are shown is counted down.
            count.addAndGet(-amount);
        }

        @Override
        public long getCount() {
            return count.get();
        }
    }

    private static Metrics about(Metrics metrics, Optional<String> peer) {
        return peer.isPresent() ? metrics.labelled("peer", peer.get()) : metrics;
    }

    @Override
    public Timekeeper timer(String name) {
        return timers.computeIfAbsent(name, this::newTimer);
    }

    private Timekeeper newTimer(String name) {
        Optional<RatisMeter.Found> found = RatisMeter.find(info, name);
        if (found.isEmpty()) {
            return NOT_SHOWN;
        }
        RatisMeter meter = found.get().meter();
        Metrics.Timer timer = about(metrics, found.get().peer()).timer(meter.name(), meter.help());
        return () -> {
            long began = System.nanoTime();
            long started = timer.start();
            return () -> {
                timer.stop(started);
                return System.nanoTime() - began;
            };
        };
    }

    @Override
    public LongCounter counter(String name) {
        return counters.computeIfAbsent(name, this::newCounter);
    }

    private LongCounter newCounter(String name) {
        Optional<RatisMeter.Found> found = RatisMeter.find(info, name);
        return new ShownCounter(found.map(known -> about(metrics, known.peer())
                        .counter(known.meter().name(), known.meter().help()))
                .orElse(amount -> {}));
    }

    @Override
    public <T> void gauge(String name, Supplier<Supplier<T>> value) {
        RatisMeter.find(info, name).ifPresent(found -> {
            Supplier<T> reading = value.get();
            gauges.compute(name, (any, known) -> {
                if (known != null) {
                    known.value = reading;
                    return known;
                }
                ShownGauge gauge = new ShownGauge(reading, metrics.scope());
                about(gauge.scope, found.peer())
                        .gauge(found.meter().name(), found.meter().help(), gauge::read);
                return gauge;
            });
        });
    }

    @Override
    public boolean remove(String name) {
        ShownGauge gauge = gauges.remove(name);
        if (gauge != null) {
            gauge.scope.close();
        }
        return gauge != null;
    }

    /** Takes the gauges away: what they ask is no more. */
    void removeGauges() {
        gauges.keySet().forEach(this::remove);
    }

    @Override
    public MetricRegistryInfo getMetricRegistryInfo() {
        return info;
    }
}
