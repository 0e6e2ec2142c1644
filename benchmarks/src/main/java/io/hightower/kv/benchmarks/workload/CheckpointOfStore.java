package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.data.DeletedTree;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;
import java.util.Map;

/** A checkpoint of a store with a million keys, a thousand of which were written since the one before. */
record CheckpointOfStore() implements Workload {
    private static final int PUTS_BEFORE = 1_000;

    @Override
    public String name() {
        return "checkpoint-1m";
    }

    @Override
    public String description() {
        return "a checkpoint of the store after 1,000 puts";
    }

    @Override
    public Unit unit() {
        return Unit.MILLIS;
    }

    @Override
    public Target target() {
        return Target.valueAtMost(100);
    }

    @Override
    public Turns turns() {
        return new Turns(5, 0, true);
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        Path store = directory.resolve("store");
        Candidate candidate = engine.open(store, durability());
        Filling.fill(candidate, plan.keys(), plan.stop());
        return new CheckpointTrial(candidate, directory, plan);
    }

    private static final class CheckpointTrial implements Trial {
        private final Candidate candidate;
        private final Path directory;
        private final Plan plan;
        private int number;

        CheckpointTrial(Candidate candidate, Path directory, Plan plan) {
            this.candidate = candidate;
            this.directory = directory;
            this.plan = plan;
        }

        @Override
        public Sample measure(long nanos) {
            Runnable put = RandomPut.operation(candidate, plan.keys(), ++number);
            for (int i = 0; i < PUTS_BEFORE; i++) {
                put.run();
            }
            Path target = directory.resolve("checkpoint-" + number);
            long begin = System.nanoTime();
            candidate.checkpoint(target);
            double millis = (System.nanoTime() - begin) / 1e6;
            DeletedTree.delete(target);
            return Sample.ofMillis(millis, 1e3 / millis, Map.of());
        }

        @Override
        public void settle() {
            plan.settle();
        }

        @Override
        public void close() {
            candidate.close();
            DeletedTree.delete(directory);
        }
    }
}
