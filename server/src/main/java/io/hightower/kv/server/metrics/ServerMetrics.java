package io.hightower.kv.server.metrics;

import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.spi.Metrics;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** Everything one server counts, its JVM included. Thread-safe. Close it to let go of the JVM's notifications. */
public final class ServerMetrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbageCollector = new JvmGcMetrics();
    private final Metrics engine = new MicrometerMetrics(registry);
    private final RequestMetrics requests = new RequestMetrics(registry);

    /** Begins to count. */
    public ServerMetrics() {
        garbageCollector.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** Returns where the engine counts. */
    public Metrics engine() {
        return engine;
    }

    /** Shows revisions and applied index of {@code store} from now on. */
    public void watch(LocalEngine store) {
        engine.gauge("revision", "The revision of the store, as this member sees it", () -> store.applied()
                .revision());
        engine.gauge("compact.revision", "The oldest revision that the last compaction kept", () -> store.applied()
                .compactRevision());
        engine.gauge("applied.index", "Log index of the last entry applied here", () -> store.applied()
                .position()
                .index());
    }

    /** Returns where a surface counts its requests. */
    public RequestMetrics requests() {
        return requests;
    }

    /** Returns all numbers of this moment in the Prometheus text format. May take milliseconds. */
    public String text() {
        return registry.scrape();
    }

    @Override
    public void close() {
        garbageCollector.close();
        registry.close();
    }
}
