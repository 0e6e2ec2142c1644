package io.hightower.kv.benchmarks.measure;

import java.util.Map;

/**
 * What one slice of one engine gave.
 *
 * @param value the measured number, in the unit of the workload
 * @param opsPerSecond operations a second; NaN where that has no meaning
 * @param latencies how long single operations took; empty where that has no meaning
 * @param facts further numbers by the name of their field
 */
public record Sample(double value, double opsPerSecond, LatencyHistogram latencies, Map<String, Double> facts) {
    /** Copies the facts. */
    public Sample {
        facts = Map.copyOf(facts);
    }

    /** Returns a sample whose value is its rate. */
    public static Sample ofRate(double opsPerSecond, LatencyHistogram latencies) {
        return new Sample(opsPerSecond, opsPerSecond, latencies, Map.of());
    }

    /** Returns a sample of a size, which has neither rate nor latency. */
    public static Sample ofSize(double size, Map<String, Double> facts) {
        return new Sample(size, Double.NaN, new LatencyHistogram(), facts);
    }

    /** Returns the sample of one operation that took so long, with the value in milliseconds. */
    public static Sample ofMillis(double millis, double opsPerSecond, Map<String, Double> facts) {
        LatencyHistogram latencies = new LatencyHistogram();
        latencies.record((long) (millis * 1e6));
        return new Sample(millis, opsPerSecond, latencies, facts);
    }
}
