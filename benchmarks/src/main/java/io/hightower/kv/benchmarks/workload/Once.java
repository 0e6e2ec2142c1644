package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.data.DeletedTree;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;
import java.util.function.Supplier;

/** A trial whose whole work is one thing, which begins with an empty folder and leaves nothing running. */
record Once(Path directory, Supplier<Sample> work) implements Trial {
    @Override
    public Sample measure(long nanos) {
        return work.get();
    }

    @Override
    public void settle() {
        // Nothing is open.
    }

    @Override
    public void close() {
        DeletedTree.delete(directory);
    }
}
