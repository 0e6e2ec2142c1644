package io.hightower.kv.benchmarks.cluster;

import io.hightower.kv.benchmarks.measure.LatencyHistogram;

/**
 * What came of a load.
 *
 * @param operations how many ended well within the time
 * @param failed how many did not end well
 * @param nanos the time
 * @param latencies how long those took that ended well within the time
 */
record LoopReport(long operations, long failed, long nanos, LatencyHistogram latencies) {
    /** Returns what came of nothing. */
    static LoopReport none() {
        return new LoopReport(0, 0, 1, new LatencyHistogram());
    }

    double perSecond() {
        return operations * 1e9 / nanos;
    }

    double percentileMicros(double share) {
        return latencies.percentileNanos(share) / 1e3;
    }

    /** Returns both together, as of loops that ran at the same time. */
    LoopReport beside(LoopReport other) {
        LatencyHistogram all = new LatencyHistogram();
        all.add(latencies);
        all.add(other.latencies);
        return new LoopReport(operations + other.operations, failed + other.failed, Math.max(nanos, other.nanos), all);
    }

    /** Returns it as a line, for {@link #parse}. */
    String line() {
        return operations + " " + failed + " " + nanos + " " + latencies.encoded();
    }

    static LoopReport parse(String line) {
        String[] parts = line.split(" ", -1);
        LatencyHistogram latencies = new LatencyHistogram();
        latencies.addEncoded(parts[3]);
        return new LoopReport(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]), latencies);
    }
}
