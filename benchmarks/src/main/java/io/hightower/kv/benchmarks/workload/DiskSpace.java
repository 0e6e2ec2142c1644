package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.data.DeletedTree;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;
import java.util.Map;

/** The length of all files of a closed store into which every key was put once, in shuffled order. */
record DiskSpace() implements Workload {
    @Override
    public String name() {
        return "disk-space";
    }

    @Override
    public String description() {
        return "bytes of all files of a closed store, every key put once in shuffled order";
    }

    @Override
    public Unit unit() {
        return Unit.BYTES;
    }

    @Override
    public Target target() {
        return Target.ratioAtMost(1.15);
    }

    @Override
    public Turns turns() {
        return Turns.ONCE;
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        return new Once(directory, () -> measure(engine, directory, plan));
    }

    private Sample measure(Engine engine, Path directory, Plan plan) {
        try (Candidate candidate = engine.open(directory, durability())) {
            Filling.putEach(candidate, plan.keys(), plan.stop());
            candidate.sync();
            plan.settle();
        }
        double bytes = DeletedTree.bytes(directory);
        return Sample.ofSize(bytes, Map.of("diskBytesPerKey", bytes / plan.keys()));
    }
}
