package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Slices;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;
import java.util.Map;

/** Gets of random keys while one more thread overwrites random keys at a fixed pace, the same for every engine. */
record ReadWhileWriting() implements Workload {
    private static final int TIMED_EVERY = 8;

    /** About half of what RocksDB sustains alone on the machine of {@code docs/benchmarks.md}. */
    private static final int WRITES_PER_SECOND = 100_000;

    @Override
    public String name() {
        return "read-while-writing";
    }

    @Override
    public String description() {
        return "gets of random keys while another thread puts " + WRITES_PER_SECOND + " random keys a second, unsynced";
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
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        Candidate candidate = engine.open(directory, durability());
        Filling.fill(candidate, plan.keys(), plan.stop());
        Slices slices = new Slices(plan.threadsOf(this), TIMED_EVERY, plan.stop());
        Trial reading = new StoreTrial(
                candidate,
                directory,
                plan,
                slices,
                thread -> PointGet.operation(candidate, PointGet.Choice.ANY, plan.keys(), thread));
        return new WrittenTrial(reading, new PacedWriter(candidate, plan.keys(), WRITES_PER_SECOND));
    }

    /** A trial beside which a writer runs while it measures. */
    private record WrittenTrial(Trial reading, PacedWriter writer) implements Trial {
        @Override
        public Sample measure(long nanos) {
            writer.begin();
            Sample read;
            double written;
            try {
                read = reading.measure(nanos);
            } finally {
                written = writer.end();
            }
            return new Sample(read.value(), read.opsPerSecond(), read.latencies(), Map.of("writesPerSecond", written));
        }

        @Override
        public void settle() {
            reading.settle();
        }

        @Override
        public void close() {
            reading.close();
        }
    }
}
