package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.data.CopiedTree;
import io.hightower.kv.benchmarks.data.DeletedTree;
import io.hightower.kv.benchmarks.fork.ChildJvm;
import io.hightower.kv.benchmarks.fork.ChildTask;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;
import java.util.Map;

/**
 * The opening of a store whose process died after every key was put once, by a new process, up to the first answer. Each
 * round opens a copy, because opening changes the store.
 */
record Recovery() implements Workload {
    @Override
    public String name() {
        return "recovery-1m";
    }

    @Override
    public String description() {
        return "a new process opens the store of one that was killed after putting every key once, until the first get is"
                + " answered";
    }

    @Override
    public Unit unit() {
        return Unit.MILLIS;
    }

    @Override
    public Target target() {
        return Target.valueAtMost(1_500);
    }

    @Override
    public Turns turns() {
        return Turns.REPEATED;
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        Path died = directory.resolve("died");
        ChildJvm.like().run(ChildTask.FILL_AND_DIE, new ChildTask.Order(engine, died, plan.keys(), 0));
        plan.settle();
        return new Once(directory, () -> recover(engine, died, directory.resolve("opened"), plan));
    }

    private static Sample recover(Engine engine, Path died, Path opened, Plan plan) {
        CopiedTree.copy(died, opened);
        plan.settle();
        Map<String, Double> found =
                ChildJvm.like().run(ChildTask.OPEN, new ChildTask.Order(engine, opened, plan.keys(), 0));
        DeletedTree.delete(opened);
        double millis = found.getOrDefault("millis", Double.NaN);
        return Sample.ofMillis(
                millis, plan.keys() * 1e3 / millis, Map.of("missing", found.getOrDefault("missing", Double.NaN)));
    }
}
