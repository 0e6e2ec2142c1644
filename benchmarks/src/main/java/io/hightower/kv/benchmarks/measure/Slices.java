package io.hightower.kv.benchmarks.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;

/**
 * Runs an operation again and again on several threads for a time, and counts.
 *
 * <p>Of every so many operations one is timed; a look at the clock costs as much as a tenth of the fastest operations.
 */
public final class Slices {
    private final int threads;
    private final int timedEvery;
    private final Stop stop;

    /**
     * States how slices are run.
     *
     * @param threads how many threads, 1 or more
     * @param timedEvery of so many operations one is timed, 1 or more
     */
    public Slices(int threads, int timedEvery, Stop stop) {
        this.threads = threads;
        this.timedEvery = timedEvery;
        this.stop = stop;
    }

    /**
     * Runs for about so long.
     *
     * @param operations makes the operation of each thread, numbered from 0; called on that thread
     * @throws RuntimeException what an operation threw
     */
    public Sample run(long nanos, IntFunction<Runnable> operations) {
        CyclicBarrier start = new CyclicBarrier(threads);
        List<FutureTask<Count>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int thread = i;
            Callable<Count> work = () -> {
                Runnable operation = operations.apply(thread);
                start.await();
                return repeat(nanos, operation);
            };
            FutureTask<Count> task = new FutureTask<>(work);
            tasks.add(task);
            Thread started = new Thread(task, "hightower-bench-" + i);
            started.setDaemon(true);
            started.start();
        }
        Count sum = new Count(0, Long.MAX_VALUE, Long.MIN_VALUE, new LatencyHistogram());
        for (FutureTask<Count> task : tasks) {
            sum = sum.plus(resultOf(task));
        }
        stop.check();
        return Sample.ofRate(sum.operations * 1e9 / Math.max(1, sum.end - sum.begin), sum.latencies);
    }

    private Count repeat(long nanos, Runnable operation) {
        LatencyHistogram latencies = new LatencyHistogram();
        long begin = System.nanoTime();
        long before = begin;
        long operations = 0;
        while (before - begin < nanos && !stop.isRequested()) {
            operation.run();
            long after = System.nanoTime();
            latencies.record(after - before);
            for (int i = 1; i < timedEvery; i++) {
                operation.run();
            }
            operations += timedEvery;
            before = timedEvery == 1 ? after : System.nanoTime();
        }
        return new Count(operations, begin, before, latencies);
    }

    private static Count resultOf(FutureTask<Count> task) {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The measurement was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("A measured operation failed", e.getCause());
        }
    }

    private record Count(long operations, long begin, long end, LatencyHistogram latencies) {
        Count plus(Count other) {
            latencies.add(other.latencies);
            return new Count(
                    operations + other.operations, Math.min(begin, other.begin), Math.max(end, other.end), latencies);
        }
    }
}
