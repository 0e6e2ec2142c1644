package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.candidate.HightowerCandidate;
import io.hightower.kv.benchmarks.data.DeletedTree;
import io.hightower.kv.benchmarks.data.Numbers;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.measure.LatencyHistogram;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Trial;
import io.hightower.kv.engine.HistoryRetention;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A thousand watchers of all keys, read by two threads, and one writer who puts random keys: as fast as everybody can follow;
 * then at a fixed pace, when delays are taken; then without regard for the watchers, beside the same before there were any.
 */
record WatchFanOut() implements Workload {
    private static final int WATCHERS = 1_000;
    private static final int READER_THREADS = 2;
    private static final int PACED_PUTS_PER_SECOND = 100;

    /** Puts that not everybody has heard of, at most, while the writer goes as fast as the watchers. */
    private static final int PUTS_AHEAD_MAX = 64;

    /** As {@code hightower server} keeps it. */
    private static final Duration HISTORY = Duration.ofHours(1);

    private static final int PARTS = 6;
    private static final int PACED_PARTS = 3;
    private static final long PAUSE_NANOS = 20_000;

    @Override
    public String name() {
        return "watch-fanout-1000";
    }

    @Override
    public String description() {
        return "puts of random keys, unsynced, each told to " + WATCHERS + " watchers; delays at "
                + PACED_PUTS_PER_SECOND + " puts a second, from before the put to the receipt";
    }

    @Override
    public Unit unit() {
        return Unit.EVENTS_PER_SECOND;
    }

    @Override
    public String settings(Engine engine) {
        return "history of an hour";
    }

    @Override
    public Target target() {
        return Target.valueAtLeast(1_000_000);
    }

    @Override
    public Turns turns() {
        return Turns.SUSTAINED;
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        HightowerCandidate candidate = HightowerOnly.open(
                engine,
                "watches",
                directory,
                durability(),
                options -> options.withHistory(HistoryRetention.ofAge(HISTORY)));
        Filling.fill(candidate, plan.keys(), plan.stop());
        return new FanOutTrial(candidate, directory, plan);
    }

    private static final class FanOutTrial implements Trial {
        private final HightowerCandidate candidate;
        private final Path directory;
        private final Plan plan;
        private final Numbers numbers = new Numbers(1);
        private final Numbers content = new Numbers(0);
        private final byte[] key = Records.newKey();
        private final byte[] value = new byte[Records.VALUE_BYTES];

        FanOutTrial(HightowerCandidate candidate, Path directory, Plan plan) {
            this.candidate = candidate;
            this.directory = directory;
            this.plan = plan;
        }

        @Override
        public Sample measure(long nanos) {
            long part = nanos / PARTS;
            double alone = putsPerSecond(part);
            try (WatchReaders readers = new WatchReaders(READER_THREADS)) {
                for (int i = 0; i < WATCHERS; i++) {
                    readers.add(candidate.engine().watch(WatchRequest.of(KeyRange.all())));
                }
                long begin = System.nanoTime();
                long told = putFollowed(readers, part);
                double followed = told * 1e9 / (System.nanoTime() - begin);
                double loadedP99 = readers.takeDelays().percentileNanos(0.99) / 1e3;
                putPaced(readers, told, PACED_PARTS * part);
                LatencyHistogram delays = readers.takeDelays();
                double watched = putsPerSecond(part);
                return new Sample(
                        followed,
                        followed / WATCHERS,
                        delays,
                        Map.of(
                                "p999Micros",
                                delays.percentileNanos(0.999) / 1e3,
                                "largestMicros",
                                delays.percentileNanos(1) / 1e3,
                                "loadedP99Micros",
                                loadedP99,
                                "unwatchedPutsPerSecond",
                                alone,
                                "watchedPutsPerSecond",
                                watched,
                                "watchedToUnwatched",
                                watched / alone));
            }
        }

        /** Puts as fast as the watchers follow, and returns how many events they were given. */
        private long putFollowed(WatchReaders readers, long nanos) {
            long begin = System.nanoTime();
            long events = 0;
            do {
                put();
                events += WATCHERS;
                readers.await(events - (long) PUTS_AHEAD_MAX * WATCHERS, plan.stop());
            } while (System.nanoTime() - begin < nanos);
            readers.await(events, plan.stop());
            return events;
        }

        /** Puts at a fixed pace, and returns when everybody has heard of everything. */
        private void putPaced(WatchReaders readers, long toldBefore, long nanos) {
            long begin = System.nanoTime();
            long puts = 0;
            do {
                put();
                puts++;
                long due = begin + puts * 1_000_000_000L / PACED_PUTS_PER_SECOND;
                while (System.nanoTime() < due) {
                    plan.stop().check();
                    LockSupport.parkNanos(Math.max(PAUSE_NANOS, due - System.nanoTime()));
                }
            } while (System.nanoTime() - begin < nanos);
            readers.await(toldBefore + puts * WATCHERS, plan.stop());
        }

        /** Puts without regard for anybody. */
        private double putsPerSecond(long nanos) {
            long begin = System.nanoTime();
            long puts = 0;
            do {
                put();
                puts++;
            } while (System.nanoTime() - begin < nanos && !plan.stop().isRequested());
            return puts * 1e9 / (System.nanoTime() - begin);
        }

        private void put() {
            Records.stored(key, numbers.nextBelow(plan.keys()));
            Records.value(value, numbers.next(), content);
            ByteBuffer.wrap(value).putLong(System.nanoTime());
            candidate.put(key, value);
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
