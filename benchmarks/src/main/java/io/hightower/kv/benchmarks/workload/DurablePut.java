package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.candidate.Durability;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.measure.Slices;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;

/** Puts of random keys by several threads, each of which waits until its put is on the disk. */
record DurablePut(int threads, Target target) implements Workload {
    @Override
    public String name() {
        return "durable-put-" + threads;
    }

    @Override
    public String description() {
        return "puts of random keys, each synced before it returns, threads=" + threads;
    }

    @Override
    public Durability durability() {
        return Durability.SYNCED;
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        Candidate candidate = engine.open(directory, durability());
        Slices slices = new Slices(threads, 1, plan.stop());
        return new StoreTrial(
                candidate, directory, plan, slices, thread -> RandomPut.operation(candidate, plan.keys(), thread));
    }
}
