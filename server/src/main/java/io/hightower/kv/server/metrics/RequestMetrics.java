package io.hightower.kv.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * How many requests there were and how long they took, by route, method and status. Thread-safe.
 *
 * <p>A route is a path of the API description, never the path of a request, so that clients cannot make up new series.
 */
public final class RequestMetrics {
    /** The status of a request whose client left, or was too slow, before it had the whole answer. */
    public static final String GONE = "gone";

    /** The status of an answer that the server broke off. */
    public static final String BROKEN = "broken";

    private final MeterRegistry registry;
    private final ConcurrentHashMap<Series, Timer> timers = new ConcurrentHashMap<>();
    private final Counter refused;

    private record Series(String route, String method, String status) {}

    RequestMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.refused = Counter.builder("hightower.http.connections.refused")
                .description("Connections closed at once because there were too many")
                .register(registry);
    }

    /** Shows how many connections are open, from now on. */
    public void watchConnections(IntSupplier open) {
        Gauge.builder("hightower.http.connections", open::getAsInt)
                .description("Connections that are open")
                .strongReference(true)
                .register(registry);
    }

    /** Counts one connection that was closed because there were too many. */
    public void connectionRefused() {
        refused.increment();
    }

    /**
     * Counts one request, answered or not.
     *
     * @param route a path of the API description, or "other"
     * @param method an HTTP method of that path, or "other"
     * @param status the HTTP status, {@link #GONE} or {@link #BROKEN}
     * @param started when the request came, from {@link System#nanoTime}
     */
    public void answered(String route, String method, String status, long started) {
        timers.computeIfAbsent(new Series(route, method, status), this::register)
                .record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
    }

    private Timer register(Series series) {
        return Timer.builder("hightower.http.requests")
                .description("Requests, from their headers until the answer has left")
                .tags("route", series.route(), "method", series.method(), "status", series.status())
                .serviceLevelObjectives(LatencyBuckets.BOUNDS)
                .register(registry);
    }
}
