package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.data.Numbers;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.measure.Slices;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;

/** Scans of a hundred records from a random key on. */
record ShortScan() implements Workload {
    private static final int ENTRIES = 100;

    @Override
    public String name() {
        return "scan-100";
    }

    @Override
    public String description() {
        return "scans of 100 records from a random key on; an operation is a scan";
    }

    @Override
    public boolean takesThreads() {
        return true;
    }

    @Override
    public Target target() {
        return Target.ratioAtLeast(1.5);
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        Candidate candidate = engine.open(directory, durability());
        Filling.fill(candidate, plan.keys(), plan.stop());
        Slices slices = new Slices(plan.threadsOf(this), 1, plan.stop());
        return new StoreTrial(candidate, directory, plan, slices, thread -> operation(candidate, plan.keys(), thread));
    }

    /** Returns the scan from a random one of {@code keys} keys on. */
    static Runnable operation(Candidate candidate, long keys, int seed) {
        Numbers numbers = new Numbers(seed);
        byte[] from = Records.newKey();
        return () -> {
            long ordinal = numbers.nextBelow(keys);
            Records.stored(from, ordinal);
            int found = candidate.scan(from, ENTRIES);
            if (found != Math.min(ENTRIES, keys - ordinal)) {
                throw new IllegalStateException("A scan has the wrong length: entries=" + found);
            }
        };
    }
}
