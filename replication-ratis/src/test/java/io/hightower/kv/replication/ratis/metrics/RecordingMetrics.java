package io.hightower.kv.replication.ratis.metrics;

import io.hightower.kv.statemachine.spi.Metrics;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Metrics that a test can ask: by name, with {@code {peer=id}} behind it if labelled. Of timers and distributions the number of
 * recordings counts. Thread-safe.
 */
public final class RecordingMetrics implements Metrics.Scope {
    private final Map<String, LongAdder> counts;
    private final Map<String, LongSupplier> gauges;

    /** What goes with this scope. */
    private final Set<String> mine = ConcurrentHashMap.newKeySet();

    public RecordingMetrics() {
        this(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
    }

    private RecordingMetrics(Map<String, LongAdder> counts, Map<String, LongSupplier> gauges) {
        this.counts = counts;
        this.gauges = gauges;
    }

    /** Returns how often something was counted or recorded. */
    public long count(String name) {
        LongAdder adder = counts.get(name);
        return adder == null ? 0 : adder.sum();
    }

    /** Returns what a gauge shows; -1 if there is none. */
    public long gauge(String name) {
        LongSupplier gauge = gauges.get(name);
        return gauge == null ? -1 : gauge.getAsLong();
    }

    /** Returns the names of all instruments that are there. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>(counts.keySet());
        names.addAll(gauges.keySet());
        return names;
    }

    private LongAdder adder(String name) {
        mine.add(name);
        return counts.computeIfAbsent(name, any -> new LongAdder());
    }

    @Override
    public Counter counter(String name, String help) {
        return adder(name)::add;
    }

    @Override
    public Distribution distribution(String name, String help) {
        LongAdder adder = adder(name);
        return size -> adder.increment();
    }

    @Override
    public Timer timer(String name, String help) {
        LongAdder adder = adder(name);
        return new Timer() {
            @Override
            public long start() {
                return System.nanoTime();
            }

            @Override
            public void stop(long started) {
                adder.increment();
            }
        };
    }

    @Override
    public void gauge(String name, String help, LongSupplier value) {
        mine.add(name);
        gauges.put(name, value);
    }

    @Override
    public Metrics labelled(String name, String value) {
        return new LabelledMetrics(this, "{" + name + "=" + value + "}");
    }

    @Override
    public Scope scope() {
        return new RecordingMetrics(counts, gauges);
    }

    @Override
    public void close() {
        for (String name : mine) {
            counts.remove(name);
            gauges.remove(name);
        }
        mine.clear();
    }

    /** Adds a label to the names, and leaves the rest to the under. */
    private record LabelledMetrics(RecordingMetrics under, String label) implements Metrics {
        @Override
        public Counter counter(String name, String help) {
            return under.counter(name + label, help);
        }

        @Override
        public Timer timer(String name, String help) {
            return under.timer(name + label, help);
        }

        @Override
        public Distribution distribution(String name, String help) {
            return under.distribution(name + label, help);
        }

        @Override
        public void gauge(String name, String help, LongSupplier value) {
            under.gauge(name + label, help, value);
        }

        @Override
        public Metrics labelled(String name, String value) {
            return new LabelledMetrics(under, label + "{" + name + "=" + value + "}");
        }

        @Override
        public Scope scope() {
            return under.scope();
        }
    }
}
