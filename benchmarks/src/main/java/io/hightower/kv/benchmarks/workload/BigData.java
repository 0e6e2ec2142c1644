package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.data.DeletedTree;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.fork.ChildJvm;
import io.hightower.kv.benchmarks.fork.ChildTask;
import io.hightower.kv.benchmarks.fork.MemoryCgroup;
import io.hightower.kv.benchmarks.measure.LatencyHistogram;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Ten gigabytes of records in a process with a heap of 1 GiB and, the page cache included, 2 GiB of memory: stored in
 * shuffled order, then read at random, and every value compared. Takes minutes and 30 GB of disk.
 */
record BigData() implements Workload {
    private static final long DATA_BYTES = 10_000_000_000L;
    private static final long MEMORY_BYTES = 2L << 30;
    private static final String HEAP = "1g";
    private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(20);

    @Override
    public String name() {
        return "big-data-small-memory";
    }

    @Override
    public String description() {
        return "gets of random keys from 10 GB of records, with a heap of 1 GiB and 2 GiB of memory with page cache";
    }

    @Override
    public Target target() {
        return Target.valueAtLeast(1);
    }

    @Override
    public Turns turns() {
        return Turns.ONCE;
    }

    @Override
    public boolean isLong() {
        return true;
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        return new Once(directory, () -> measure(engine, directory));
    }

    private static Sample measure(Engine engine, Path directory) {
        long keys = DATA_BYTES / (Records.KEY_BYTES + Records.VALUE_BYTES);
        Path store = directory.resolve("store");
        try (MemoryCgroup group = MemoryCgroup.create(MEMORY_BYTES)) {
            Map<String, Double> facts = new TreeMap<>(ChildJvm.like()
                    .withHeap(HEAP)
                    .within(group)
                    .run(ChildTask.FILL_AND_SERVE, new ChildTask.Order(engine, store, keys, READ_NANOS)));
            facts.put("memoryPeakBytes", group.peakBytes());
            facts.put("records", (double) keys);
            facts.put("diskBytes", (double) DeletedTree.bytes(store));
            double rate = facts.getOrDefault("wrongAnswers", 1.0) == 0
                    ? facts.getOrDefault("opsPerSecond", Double.NaN)
                    : Double.NaN;
            return new Sample(rate, rate, new LatencyHistogram(), facts);
        }
    }
}
