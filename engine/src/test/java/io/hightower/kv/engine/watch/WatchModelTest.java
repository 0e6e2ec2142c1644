package io.hightower.kv.engine.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.random.RandomCommands;
import io.hightower.kv.statemachine.random.RandomPrograms;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.lsm.StoreOptions;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Watches over random programs of all commands, with so little memory that most of them fall back to history again and again,
 * while the store flushes and merges. Each is told what the model says, in order, up to where it was canceled.
 */
class WatchModelTest {
    private static final Duration AT_MOST = Duration.ofSeconds(20);
    private static final WatchOptions LITTLE_MEMORY =
            WatchOptions.defaults().withRecentBytes(4 << 10).withHistoryBytes(4 << 10);

    private static final List<WatchRequest.Changes> CHANGES = List.of(WatchRequest.Changes.values());

    /** One step of a run. */
    private sealed interface Step {
        record Apply(Entry entry) implements Step {}

        record Open(WatchRequest request) implements Step {}

        /** Reads a watch, whichever has that number, a few times without waiting. */
        record Read(int watch, int times) implements Step {}

        record AskProgress(int watch) implements Step {}

        record Flush() implements Step {}
    }

    @Test
    void everyWatchIsToldWhatTheModelSays(TestInfo info) {
        SeededRuns.of(info).count(60).check(WatchModelTest::steps, WatchModelTest::run);
    }

    private static List<Step> steps(RandomGenerator random) {
        RandomPrograms programs = new RandomPrograms(random);
        List<Step> steps = new ArrayList<>();
        int opened = 0;
        for (int i = 0; i < 400; i++) {
            int kind = random.nextInt(20);
            if (kind < 10) {
                steps.add(new Step.Apply(programs.entry()));
            } else if (kind < 12) {
                steps.add(new Step.Open(request(random, i)));
                opened++;
            } else if (kind < 18 && opened > 0) {
                steps.add(new Step.Read(random.nextInt(opened), random.nextInt(1, 6)));
            } else if (kind < 19 && opened > 0) {
                steps.add(new Step.AskProgress(random.nextInt(opened)));
            } else {
                steps.add(new Step.Flush());
            }
        }
        return steps;
    }

    private static WatchRequest request(RandomGenerator random, int written) {
        KeyRange range =
                switch (random.nextInt(4)) {
                    case 0 -> KeyRange.all();
                    case 1 -> KeyRange.single(new RandomCommands(random).key());
                    case 2 -> KeyRange.startingAt(new RandomCommands(random).key());
                    default ->
                        KeyRange.of(
                                Bytes.EMPTY, new RandomCommands(random).key().successor());
                };
        long start = random.nextBoolean() ? WatchRequest.FROM_NOW : random.nextLong(1, Math.max(2, written + 4));
        WatchRequest request = WatchRequest.of(range)
                .from(start)
                .only(CHANGES.get(random.nextInt(CHANGES.size())))
                .inFragmentsOf(random.nextInt(4) == 0 ? 100 : WatchRequest.WHOLE);
        return random.nextBoolean() ? request.withPrevious() : request;
    }

    private static void run(List<Step> steps) {
        StoreOptions options =
                StoreOptions.ofMemory(8 << 20).withMemtableBytes(256 << 10).withKeepHistory(true);
        WatchModel model = new WatchModel();
        List<Told> watches = new ArrayList<>();
        try (LogStructuredStore store =
                        LogStructuredStore.open(SimulatedDisk.empty(), Bytes.wrap(new byte[16]), options);
                WatchHub hub = new WatchHub(store, LITTLE_MEMORY, Metrics.none())) {
            KvState state = new KvState(store, hub);
            for (Step step : steps) {
                if (step instanceof Step.Apply apply) {
                    model.apply(apply.entry());
                    LogPosition next =
                            new LogPosition(1, store.applied().position().index() + 1);
                    state.apply(next, apply.entry());
                    assertThat(store.applied().revision()).isEqualTo(model.revision());
                } else if (step instanceof Step.Open open) {
                    watches.add(new Told(hub.open(open.request()), open.request()));
                } else if (step instanceof Step.Read read && read.watch() < watches.size()) {
                    watches.get(read.watch()).read(read.times());
                } else if (step instanceof Step.AskProgress ask && ask.watch() < watches.size()) {
                    watches.get(ask.watch()).watch.requestProgress();
                } else if (step instanceof Step.Flush) {
                    store.checkpoint();
                }
            }
            readToTheEnd(watches, model.revision());
            watches.forEach(told -> told.assertAgrees(model));
        }
    }

    private static void readToTheEnd(List<Told> watches, long revision) {
        long deadline = System.nanoTime() + AT_MOST.toNanos();
        List<Told> unfinished = new ArrayList<>(watches);
        unfinished.forEach(told -> told.watch.requestProgress());
        while (!unfinished.isEmpty()) {
            assertThat(System.nanoTime() - deadline)
                    .as("everything is given soon: unfinished=%s", unfinished)
                    .isNegative();
            unfinished.forEach(told -> told.read(1));
            unfinished.removeIf(told -> told.isFinished(revision));
            Thread.onSpinWait();
        }
    }

    /** A watch with what it was told so far. */
    private static final class Told {
        private final Watch watch;
        private final WatchRequest request;
        private final List<WatchEvent> events = new ArrayList<>();
        private long created;
        private long last;
        private boolean inFragments;
        private long through;
        private Optional<WatchMessage.Canceled> canceled = Optional.empty();

        Told(Watch watch, WatchRequest request) {
            this.watch = watch;
            this.request = request;
        }

        void read(int times) {
            for (int i = 0; i < times; i++) {
                watch.poll().ifPresent(this::take);
            }
        }

        void take(WatchMessage message) {
            assertThat(canceled).as("nothing follows the end").isEmpty();
            assertThat(created == 0).isEqualTo(message instanceof WatchMessage.Created);
            if (message instanceof WatchMessage.Created first) {
                created = first.revision();
            } else if (message instanceof WatchMessage.Events given) {
                assertThat(given.events()).isNotEmpty();
                assertThat(given.events().get(0).revision())
                        .as("a revision comes in one message, and behind all progress")
                        .isGreaterThan(Math.max(inFragments ? last - 1 : last, through));
                events.addAll(given.events());
                last = given.events().get(given.events().size() - 1).revision();
                assertThat(given.revision()).isEqualTo(last);
                inFragments = given.fragment();
            } else if (message instanceof WatchMessage.Progress progress) {
                assertThat(progress.revision()).isGreaterThanOrEqualTo(Math.max(last, request.startRevision()));
                through = progress.revision();
            } else if (message instanceof WatchMessage.Canceled end) {
                canceled = Optional.of(end);
            }
        }

        boolean isFinished(long revision) {
            return canceled.isPresent() || through >= revision || request.startRevision() > revision;
        }

        void assertAgrees(WatchModel model) {
            long from = request.startRevision() == WatchRequest.FROM_NOW ? created + 1 : request.startRevision();
            List<WatchEvent> expected = model.told(request, from);
            if (canceled.isPresent()) {
                assertThat(canceled.get().reason()).isEqualTo(WatchMessage.Reason.COMPACTED);
                assertThat(canceled.get().restartRevision()).isGreaterThan(Math.max(last, request.startRevision()));
                expected = expected.subList(0, events.size());
            }
            assertThat(events).extracting(WatchModel::told).isEqualTo(words(expected));
            for (int i = 0; i < events.size(); i++) {
                assertPrevious(events.get(i), expected.get(i), model.compactRevision());
            }
        }

        @Override
        public String toString() {
            return request + " created=" + created + " last=" + last + " through=" + through;
        }

        private static List<String> words(List<WatchEvent> events) {
            return events.stream().map(WatchModel::told).toList();
        }

        private void assertPrevious(WatchEvent given, WatchEvent expected, long compactRevision) {
            if (!request.previous()) {
                assertThat(given.previous()).isEmpty();
            } else if (given.previous().isPresent() || given.revision() > compactRevision) {
                assertThat(given.previous()).isEqualTo(expected.previous());
            }
        }
    }
}
