package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.candidate.HightowerCandidate;
import io.hightower.kv.benchmarks.data.DeletedTree;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.measure.LatencyHistogram;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Trial;
import io.hightower.kv.engine.HistoryRetention;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A watch of all keys that begins with the first of the latest changes of random keys, one for each tenth key stored, in a
 * store just opened: everything is in its files. Until the last change is received.
 *
 * <p>Beside it the same with what the keys held before, and a scan of as many records. Each has the store opened anew, so that
 * nobody finds what another has read; the operating system's cache has the files.
 */
record WatchCatchUp() implements Workload {
    private static final int KEYS_PER_CHANGE = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "watch-catchup";
    }

    @Override
    public String description() {
        return "a watch from an older revision on in a store just opened, until it has received the changes since, a tenth of"
                + " the number of keys";
    }

    @Override
    public Unit unit() {
        return Unit.EVENTS_PER_SECOND;
    }

    @Override
    public String settings(Engine engine) {
        return "all history";
    }

    @Override
    public Target target() {
        return Target.valueAtLeast(100_000);
    }

    @Override
    public Turns turns() {
        return new Turns(5, 0, true);
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        long changes = Math.max(1, plan.keys() / KEYS_PER_CHANGE);
        long last;
        try (HightowerCandidate candidate = open(engine, directory)) {
            Filling.fill(candidate, plan.keys(), plan.stop());
            Runnable put = RandomPut.operation(candidate, plan.keys(), 1);
            for (long i = 0; i < changes; i++) {
                plan.stop().check();
                put.run();
            }
            last = candidate.engine().applied().revision();
            candidate.sync();
            candidate.flushMemory();
        }
        return new CatchUpTrial(directory, plan, last - changes + 1, last);
    }

    private HightowerCandidate open(Engine engine, Path directory) {
        return HightowerOnly.open(
                engine, "watches", directory, durability(), options -> options.withHistory(HistoryRetention.forever()));
    }

    private final class CatchUpTrial implements Trial {
        private final Path directory;
        private final Plan plan;
        private final long first;
        private final long last;

        CatchUpTrial(Path directory, Plan plan, long first, long last) {
            this.directory = directory;
            this.plan = plan;
            this.first = first;
            this.last = last;
        }

        @Override
        public Sample measure(long nanos) {
            WatchRequest request = WatchRequest.of(KeyRange.all()).from(first);
            double events = perSecond(candidate -> receive(candidate, request));
            double withPrevious = perSecond(candidate -> receive(candidate, request.withPrevious()));
            double scanned = perSecond(this::scan);
            return new Sample(
                    events,
                    Double.NaN,
                    new LatencyHistogram(),
                    Map.of(
                            "millis", count() * 1e3 / events,
                            "withPreviousPerSecond", withPrevious,
                            "ratioToWithPrevious", events / withPrevious,
                            "scannedPerSecond", scanned,
                            "ratioToScanned", events / scanned));
        }

        private long count() {
            return last - first + 1;
        }

        /** Work on a store that was opened for it. */
        private interface Reading {
            void run(HightowerCandidate candidate);
        }

        private double perSecond(Reading reading) {
            plan.stop().check();
            try (HightowerCandidate candidate = open(Engine.HIGHTOWER, directory)) {
                plan.settle();
                long begin = System.nanoTime();
                reading.run(candidate);
                return count() * 1e9 / (System.nanoTime() - begin);
            }
        }

        private void receive(HightowerCandidate candidate, WatchRequest request) {
            try (Watch watch = candidate.engine().watch(request)) {
                long expected = first;
                while (expected <= last) {
                    expected = take(watch, request, expected);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("The measurement was interrupted", e);
            }
        }

        /** Takes a message, whose first event must have the expected revision, and returns what is expected then. */
        private static long take(Watch watch, WatchRequest request, long expected) throws InterruptedException {
            Optional<WatchMessage> next = watch.await(PATIENCE);
            if (next.isEmpty() || next.get() instanceof WatchMessage.Canceled) {
                throw new IllegalStateException("A watch ended early: message=" + next + " expected=" + expected);
            }
            long following = expected;
            if (next.get() instanceof WatchMessage.Events told) {
                for (WatchEvent event : told.events()) {
                    if (event.revision() != following || event.previous().isPresent() != request.previous()) {
                        throw new IllegalStateException(
                                "A change was left out, or what was before: " + event + " expected=" + following);
                    }
                    following++;
                }
            }
            return following;
        }

        private void scan(HightowerCandidate candidate) {
            byte[] from = Records.newKey();
            Records.stored(from, 0);
            int found = candidate.scan(from, (int) count());
            if (found != count()) {
                throw new IllegalStateException("A scan has the wrong length: entries=" + found);
            }
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
}
