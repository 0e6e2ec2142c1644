package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.spi.Metrics;

/** What the commit log counts. <b>Thread-safe.</b> */
final class LogMetrics {
    final Metrics.Counter bytes;
    final Metrics.Counter entries;
    final Metrics.Counter groups;
    final Metrics.Timer syncs;

    LogMetrics(Metrics metrics, Segments segments, SpareSegments spares) {
        bytes = metrics.counter("log.append.bytes", "Bytes written to the commit log");
        entries = metrics.counter("log.append.entries", "Entries written to the commit log");
        groups = metrics.counter("log.append.groups", "Groups of entries written to the commit log in one go");
        syncs = metrics.timer("log.sync", "Time that syncs of the commit log take");
        metrics.gauge("log.segments", "Segments of the commit log", segments::count);
        metrics.gauge("log.bytes", "Bytes that headers and entries take in the commit log", segments::bytes);
        metrics.gauge("log.spares", "Segments of the commit log that wait to be used", spares::count);
    }
}
