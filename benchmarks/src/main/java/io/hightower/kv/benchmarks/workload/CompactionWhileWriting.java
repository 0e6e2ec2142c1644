package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Durability;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.candidate.HightowerCandidate;
import io.hightower.kv.benchmarks.data.DeletedTree;
import io.hightower.kv.benchmarks.measure.LatencyHistogram;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Trial;
import io.hightower.kv.engine.HistoryRetention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Synced puts of random keys at a fixed pace, while one superseded version of every key is given up and its space reclaimed in
 * the background.
 *
 * <pre>
 * every key put twice ─ flushed, merged ─ writer: │ before │ compact │ waiting │ reclaiming │ all dropped
 * </pre>
 *
 * <p>Reclaiming begins with the first merge after the command. What it may drop is known only once a flush has made the
 * compact revision durable, so that flushes must come more often here than the default.
 */
record CompactionWhileWriting() implements Workload {
    private static final int PUTS_PER_SECOND = 1_000;
    private static final Duration FLUSH_INTERVAL = Duration.ofSeconds(5);

    /** It is waited for the end of reclaiming for so many times the time before the compaction. */
    private static final int LONGER_MOST = 24;

    /** A table with little garbage is left alone until it is merged for another reason. */
    private static final double RECLAIMED_SHARE = 0.99;

    private static final long LOOK_NANOS = 2_000_000;

    @Override
    public String name() {
        return "compaction-while-writing";
    }

    @Override
    public String description() {
        return "p99 of " + PUTS_PER_SECOND
                + " synced puts a second while a superseded version of each key is reclaimed,"
                + " divided by p99 before";
    }

    @Override
    public Durability durability() {
        return Durability.SYNCED;
    }

    @Override
    public Unit unit() {
        return Unit.TIMES;
    }

    @Override
    public String settings(Engine engine) {
        return "all history until compacted, flushed every " + FLUSH_INTERVAL.toSeconds() + " s";
    }

    @Override
    public Target target() {
        return Target.valueAtMost(2);
    }

    @Override
    public Turns turns() {
        return new Turns(1, 1, false);
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        MergeCounts merges = new MergeCounts();
        // Filled unsynced, since only what comes later is measured.
        try (HightowerCandidate filled = HightowerOnly.open(
                engine,
                "history to compact",
                directory,
                Durability.UNSYNCED,
                options -> options.withHistory(HistoryRetention.forever()))) {
            Filling.fill(filled, plan.keys(), plan.stop());
            Filling.putEach(filled, plan.keys(), 1, plan.stop());
            filled.flushMemory();
        }
        HightowerCandidate candidate = HightowerOnly.open(
                engine, "history to compact", directory, durability(), options -> options.withHistory(
                                HistoryRetention.forever())
                        .withMetrics(merges)
                        .withStorage(storage -> storage.withFlushInterval(FLUSH_INTERVAL)));
        plan.settle();
        return new CompactionTrial(candidate, directory, plan, merges);
    }

    private static final class CompactionTrial implements Trial {
        private final HightowerCandidate candidate;
        private final Path directory;
        private final Plan plan;
        private final MergeCounts merges;
        private final SteadyWriter writer;
        private final LatencyHistogram before = new LatencyHistogram();
        private final LatencyHistogram waiting = new LatencyHistogram();
        private final LatencyHistogram reclaiming = new LatencyHistogram();
        private final Map<String, Double> facts = new HashMap<>();

        CompactionTrial(HightowerCandidate candidate, Path directory, Plan plan, MergeCounts merges) {
            this.candidate = candidate;
            this.directory = directory;
            this.plan = plan;
            this.merges = merges;
            this.writer = new SteadyWriter(RandomPut.operation(candidate, plan.keys(), 1), PUTS_PER_SECOND);
        }

        @Override
        public Sample measure(long nanos) {
            countBytes("Before");
            writer.countInto(before);
            writer.begin();
            try {
                pause(nanos);
                compact();
                reclaim(LONGER_MOST * nanos);
            } finally {
                facts.put("writesPerSecond", writer.end());
            }
            settle();
            countBytes("After");
            LatencyHistogram during = reclaiming.count() > 0 ? reclaiming : waiting;
            return sample(during);
        }

        private Sample sample(LatencyHistogram during) {
            facts.put("p99BeforeMicros", before.percentileNanos(0.99) / 1e3);
            facts.put("p999BeforeMicros", before.percentileNanos(0.999) / 1e3);
            facts.put("p99WaitingMicros", waiting.percentileNanos(0.99) / 1e3);
            facts.put("largestWaitingMicros", waiting.percentileNanos(1) / 1e3);
            facts.put("p999Micros", during.percentileNanos(0.999) / 1e3);
            facts.put("largestBeforeMicros", before.percentileNanos(1) / 1e3);
            facts.put("largestMicros", during.percentileNanos(1) / 1e3);
            double times = (double) during.percentileNanos(0.99) / before.percentileNanos(0.99);
            return new Sample(times, Double.NaN, during, facts);
        }

        /** Of the files that hold records; the log has its own ways. */
        private void countBytes(String moment) {
            facts.put("tableBytes" + moment, (double) DeletedTree.bytes(directory, ".table"));
            facts.put("historyBytes" + moment, (double) DeletedTree.bytes(directory, ".history"));
        }

        private void compact() {
            long begin = System.nanoTime();
            writer.countInto(waiting);
            candidate.engine().compact(candidate.engine().applied().revision());
            facts.put("compactMillis", (System.nanoTime() - begin) / 1e6);
        }

        private void reclaim(long nanosMost) {
            long begin = System.nanoTime();
            long begunBefore = merges.begun();
            while (merges.begun() == begunBefore && System.nanoTime() - begin < nanosMost) {
                pause(LOOK_NANOS);
            }
            long first = System.nanoTime();
            facts.put("waitSeconds", (first - begin) / 1e9);
            writer.countInto(reclaiming);
            while (merges.dropped() < RECLAIMED_SHARE * plan.keys() && System.nanoTime() - begin < nanosMost) {
                pause(LOOK_NANOS);
            }
            double seconds = (System.nanoTime() - first) / 1e9;
            facts.put("reclaimSeconds", seconds);
            facts.put("reclaimedPerSecond", merges.dropped() / seconds);
            facts.put("reclaimedShare", (double) merges.dropped() / plan.keys());
        }

        private void pause(long nanos) {
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < nanos) {
                plan.stop().check();
                LockSupport.parkNanos(Math.min(nanos, LOOK_NANOS));
            }
        }

        @Override
        public void settle() {
            candidate.sync();
            plan.settle();
        }

        @Override
        public void close() {
            candidate.close();
            DeletedTree.delete(directory);
        }
    }
}
