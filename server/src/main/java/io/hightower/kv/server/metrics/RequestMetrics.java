package io.hightower.kv.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * How many requests there were and how long they took, by route, method and status. Thread-safe.
 *
 * <p>A route is a path of the API description, never the path of a request, so that clients cannot make up new series.
 */
public final class RequestMetrics {
    private final MeterRegistry registry;
    private final ConcurrentHashMap<Series, Timer> timers = new ConcurrentHashMap<>();

    private record Series(String route, String method, int status) {}

    RequestMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Counts one answered request.
     *
     * @param route a path of the API description, or "other"
     * @param method an HTTP method of that path, or "other"
     * @param status the HTTP status
     * @param started when the request came, from {@link System#nanoTime}
     */
    public void answered(String route, String method, int status, long started) {
        timers.computeIfAbsent(new Series(route, method, status), this::register)
                .record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
    }

    private Timer register(Series series) {
        return Timer.builder("hightower.http.requests")
                .description("Requests answered, from their headers to the end of the answer")
                .tags("route", series.route(), "method", series.method(), "status", Integer.toString(series.status()))
                .serviceLevelObjectives(LatencyBuckets.BOUNDS)
                .register(registry);
    }
}
