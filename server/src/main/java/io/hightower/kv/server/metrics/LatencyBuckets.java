package io.hightower.kv.server.metrics;

import java.time.Duration;

/**
 * The upper bounds of the histogram buckets of every timer: three to a decade, from a read in memory to a request that ran
 * into its deadline. Fixed buckets, because those of several members can be added up.
 */
final class LatencyBuckets {
    static final Duration[] BOUNDS = {
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
    };

    private LatencyBuckets() {}
}
