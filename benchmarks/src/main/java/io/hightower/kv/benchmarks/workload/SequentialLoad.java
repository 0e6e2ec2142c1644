package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.data.Numbers;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.measure.Slices;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Single puts of ever higher keys by one thread, without sync. */
record SequentialLoad() implements Workload {
    @Override
    public String name() {
        return "sequential-load";
    }

    @Override
    public String description() {
        return "puts of ascending keys one by one, without sync";
    }

    @Override
    public Target target() {
        return Target.ratioAtLeast(1.5);
    }

    @Override
    public Turns turns() {
        return Turns.SUSTAINED;
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        Candidate candidate = engine.open(directory, durability());
        AtomicLong next = new AtomicLong();
        Slices slices = new Slices(1, 1, plan.stop());
        return new StoreTrial(candidate, directory, plan, slices, thread -> operation(candidate, next));
    }

    private static Runnable operation(Candidate candidate, AtomicLong next) {
        Numbers content = new Numbers(0);
        byte[] key = Records.newKey();
        byte[] value = new byte[Records.VALUE_BYTES];
        return () -> {
            long ordinal = next.getAndIncrement();
            Records.stored(key, ordinal);
            Records.value(value, ordinal, content);
            candidate.put(key, value);
        };
    }
}
