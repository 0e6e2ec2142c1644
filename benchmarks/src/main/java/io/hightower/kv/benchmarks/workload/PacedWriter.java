package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that puts random keys at a fixed pace. If the store cannot keep the pace, it does not catch up later than within
 * the turn. <b>Used by one thread at a time.</b>
 */
final class PacedWriter {
    private static final long NAP_NANOS = 100_000;

    private final Candidate candidate;
    private final long keys;
    private final int putsPerSecond;
    private int turn;
    private volatile boolean isEnding;
    private FutureTask<Double> writing = new FutureTask<>(() -> 0.0);

    PacedWriter(Candidate candidate, long keys, int putsPerSecond) {
        this.candidate = candidate;
        this.keys = keys;
        this.putsPerSecond = putsPerSecond;
    }

    /** Starts the thread. */
    void begin() {
        isEnding = false;
        turn++;
        int seed = -turn;
        writing = new FutureTask<>(() -> write(seed));
        Thread thread = new Thread(writing, "hightower-bench-writer");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends the thread and returns how many puts a second it did. */
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

    private double write(int seed) {
        Runnable put = RandomPut.operation(candidate, keys, seed);
        long begin = System.nanoTime();
        long done = 0;
        while (!isEnding) {
            long due = (long) ((System.nanoTime() - begin) / 1e9 * putsPerSecond);
            if (done >= due) {
                LockSupport.parkNanos(NAP_NANOS);
            } else {
                put.run();
                done++;
            }
        }
        return done * 1e9 / (System.nanoTime() - begin);
    }
}
