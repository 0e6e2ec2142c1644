package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.data.Numbers;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.measure.Slices;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;

/** Puts of random keys that wait for no sync, for long enough that flushing and merging have to keep up. */
record RandomPut() implements Workload {
    @Override
    public String name() {
        return "random-put-unsynced";
    }

    @Override
    public String description() {
        return "puts of random keys without sync, sustained";
    }

    @Override
    public boolean takesThreads() {
        return true;
    }

    @Override
    public Target target() {
        return Target.ratioAtLeast(1.2);
    }

    @Override
    public Turns turns() {
        return Turns.SUSTAINED;
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        Candidate candidate = engine.open(directory, durability());
        Slices slices = new Slices(plan.threadsOf(this), 1, plan.stop());
        return new StoreTrial(candidate, directory, plan, slices, thread -> operation(candidate, plan.keys(), thread));
    }

    /** Returns the put of a random one of {@code keys} keys. */
    static Runnable operation(Candidate candidate, long keys, int seed) {
        Numbers numbers = new Numbers(seed);
        Numbers content = new Numbers(0);
        byte[] key = Records.newKey();
        byte[] value = new byte[Records.VALUE_BYTES];
        return () -> {
            Records.stored(key, numbers.nextBelow(keys));
            Records.value(value, numbers.next(), content);
            candidate.put(key, value);
        };
    }
}
