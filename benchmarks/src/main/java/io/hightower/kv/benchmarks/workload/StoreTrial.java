package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.data.DeletedTree;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Slices;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;
import java.util.function.IntFunction;

/**
 * An open store on which threads repeat an operation. Thread {@code t} of slice {@code s} makes its operation from the
 * number {@code s * 1000 + t}, so that no two work on the same sequence of keys.
 */
final class StoreTrial implements Trial {
    private static final int THREADS_MAX = 1000;

    private final Candidate candidate;
    private final Path directory;
    private final Plan plan;
    private final Slices slices;
    private final IntFunction<Runnable> operations;
    private int slice;

    StoreTrial(Candidate candidate, Path directory, Plan plan, Slices slices, IntFunction<Runnable> operations) {
        this.candidate = candidate;
        this.directory = directory;
        this.plan = plan;
        this.slices = slices;
        this.operations = operations;
    }

    @Override
    public Sample measure(long nanos) {
        int first = ++slice * THREADS_MAX;
        return slices.run(nanos, thread -> operations.apply(first + thread));
    }

    @Override
    public void settle() {
        candidate.sync();
        plan.settle();
    }

    @Override
    public void close() {
        candidate.close();
        DeletedTree.delete(directory);
    }
}
