package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.fork.ChildJvm;
import io.hightower.kv.benchmarks.fork.ChildTask;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;
import java.util.Map;

/**
 * How much the heap grows with each key, without garbage and with empty memtables. The resident memory of the process is
 * reported beside it, since native memory is not in the heap.
 */
record HeapPerKey() implements Workload {
    private static final String HEAP = "2g";

    @Override
    public String name() {
        return "heap-per-key";
    }

    @Override
    public String description() {
        return "growth of the used heap for each key, from the number of keys to three times as many";
    }

    @Override
    public Unit unit() {
        return Unit.BYTES_PER_KEY;
    }

    @Override
    public Target target() {
        return Target.valueAtMost(1);
    }

    @Override
    public Turns turns() {
        return Turns.ONCE;
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        return new Once(directory, () -> measure(engine, directory, plan));
    }

    private static Sample measure(Engine engine, Path directory, Plan plan) {
        Map<String, Double> found = ChildJvm.like()
                .withHeap(HEAP)
                .run(ChildTask.GROW_HEAP, new ChildTask.Order(engine, directory.resolve("store"), plan.keys(), 0));
        return Sample.ofSize(found.getOrDefault("heapBytesPerKey", Double.NaN), found);
    }
}
