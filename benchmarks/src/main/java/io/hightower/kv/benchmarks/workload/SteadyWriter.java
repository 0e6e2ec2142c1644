package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.measure.LatencyHistogram;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that writes at a fixed pace and counts how long each write took. Of writes that are late because one before them was
 * slow, the time from when they were due counts, though they are left out: a store that stops for a second has a thousand slow
 * writes at a thousand a second, not one. <b>Used by one thread at a time.</b>
 */
final class SteadyWriter {
    private final Runnable write;
    private final long intervalNanos;
    private volatile boolean isEnding;

    /** Written by the thread alone, and not read before that has ended. */
    private volatile LatencyHistogram latencies = new LatencyHistogram();

    private FutureTask<Double> writing = new FutureTask<>(() -> 0.0);

    SteadyWriter(Runnable write, int writesPerSecond) {
        this.write = write;
        this.intervalNanos = 1_000_000_000L / writesPerSecond;
    }

    /** Has latencies counted here from now on; to be read after the end. */
    void countInto(LatencyHistogram target) {
        latencies = target;
    }

    /** Starts the thread. */
    void begin() {
        isEnding = false;
        writing = new FutureTask<>(this::run);
        Thread thread = new Thread(writing, "hightower-bench-writer");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends the thread and returns how many writes a second it did. */
    double end() {
        isEnding = true;
        try {
            return writing.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The measurement was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The writer failed", e.getCause());
        }
    }

    private double run() {
        long begin = System.nanoTime();
        long done = 0;
        long due = begin;
        while (!isEnding) {
            long from = System.nanoTime();
            if (from < due) {
                LockSupport.parkNanos(due - from);
            } else {
                write.run();
                done++;
                long now = System.nanoTime();
                count(now - from);
                due = Math.max(due + intervalNanos, now);
            }
        }
        return done * 1e9 / (System.nanoTime() - begin);
    }

    private void count(long nanos) {
        LatencyHistogram target = latencies;
        target.record(nanos);
        for (long late = nanos - intervalNanos; late > 0; late -= intervalNanos) {
            target.record(late);
        }
    }
}
