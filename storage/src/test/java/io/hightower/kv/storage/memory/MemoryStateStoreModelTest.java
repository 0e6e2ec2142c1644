package io.hightower.kv.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.StateHash;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Random edits, views, checkpoints, installs and restarts, compared with a {@link TreeMap} of which every state is kept. */
class MemoryStateStoreModelTest {
    private static final int KEYS = 300;

    private enum Kind {
        WRITE,
        DELETE,
        ERASE_OLDEST,
        DROP,
        VIEW,
        RANGE,
        CHECKPOINT,
        EXPORT,
        INSTALL,
        RESTART
    }

    private record Step(Kind kind, int first, int second) {}

    @Test
    void agreesWithAMapWhoseHistoryIsKept(TestInfo test) {
        SeededRuns.of(test).count(25).check(MemoryStateStoreModelTest::steps, steps -> {
            Run run = new Run();
            for (Step step : steps) {
                run.take(step);
            }
            run.compareHistory();
        });
    }

    private static List<Step> steps(RandomGenerator random) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < 1200; i++) {
            int roll = random.nextInt(100);
            Kind kind;
            if (roll < 50) {
                kind = Kind.WRITE;
            } else if (roll < 75) {
                kind = Kind.DELETE;
            } else {
                kind = Kind.values()[random.nextInt(2, Kind.values().length)];
            }
            steps.add(new Step(kind, random.nextInt(KEYS), random.nextInt(KEYS)));
        }
        return steps;
    }

    /** One store beside its model. */
    private static final class Run {
        private record Moment(StoreView view, StoreDriver.State state) {}

        private final SimulatedDisk disk = SimulatedDisk.empty();
        private final StateHash hash = new StateHash();
        private final List<Moment> history = new ArrayList<>();
        private MemoryStateStore store = MemoryStateStore.open(disk, MemoryStoreOptions.of(StoreDriver.STORE_ID));
        private TreeMap<Bytes, KeyRecord> model = new TreeMap<>();
        private StoreDriver.State durable = new StoreDriver.State(AppliedState.EMPTY, List.of());
        private StoreDriver.State exportedState = durable;
        private byte[] exported = new StoreDriver(store).export();

        void take(Step step) throws IOException {
            switch (step.kind()) {
                case WRITE -> write(step);
                case DELETE -> delete(step);
                case ERASE_OLDEST -> eraseOldest();
                case DROP -> store.edit().write(value(key(step.first()), "dropped", 999_999));
                case VIEW -> history.add(new Moment(store.view(), state()));
                case RANGE -> compareRange(step);
                case CHECKPOINT -> checkpoint();
                case EXPORT -> {
                    exported = new StoreDriver(store).export();
                    exportedState = state();
                }
                case INSTALL -> install();
                case RESTART -> restart();
            }
        }

        private void write(Step step) {
            StateStore.Edit edit = store.edit();
            put(edit, value(key(step.first()), "v" + step.second(), nextRevision()));
            publish(edit);
        }

        private void delete(Step step) {
            StateStore.Edit edit = store.edit();
            put(edit, KeyRecord.tombstone(key(step.first()), new Revision(nextRevision(), 0), nextRevision()));
            publish(edit);
        }

        private void eraseOldest() {
            StateStore.Edit edit = store.edit();
            List<KeyRecord> graves = model.values().stream()
                    .filter(record -> !record.live())
                    .sorted((left, right) -> left.modified().compareTo(right.modified()))
                    .limit(3)
                    .toList();
            assertThat(edit.tombstones(Long.MAX_VALUE, 3)).isEqualTo(graves);
            for (KeyRecord grave : graves) {
                edit.erase(grave);
                model.remove(grave.key());
            }
            publish(edit);
        }

        private void put(StateStore.Edit edit, KeyRecord record) {
            assertThat(edit.newest(record.key()).orElse(null)).isEqualTo(model.get(record.key()));
            edit.write(record);
            model.put(record.key(), record);
        }

        private void publish(StateStore.Edit edit) {
            AppliedState before = store.applied();
            long revision = nextRevision();
            long live = model.values().stream().filter(KeyRecord::live).count();
            long sum = 0;
            for (KeyRecord record : model.values()) {
                sum += hash.of(record);
            }
            LogPosition position = new LogPosition(1, before.position().index() + 1);
            edit.publish(
                    new AppliedState(position, revision, revision, 0, 0, revision, live, model.size() - live, sum));
        }

        private void compareRange(Step step) {
            KeyRange range = KeyRange.of(key(step.first()), key(step.second()));
            List<KeyRecord> expected = model.values().stream()
                    .filter(KeyRecord::live)
                    .filter(record -> range.contains(record.key()))
                    .toList();
            assertThat(store.edit().live(range)).isEqualTo(expected);
            try (StoreView view = store.view()) {
                List<KeyValue> values =
                        expected.stream().map(KeyRecord::toKeyValue).toList();
                assertThat(view.scan(range, ReadView.NO_LIMIT)).isEqualTo(values);
                assertThat(view.scan(range, 5)).isEqualTo(values.subList(0, Math.min(5, values.size())));
            }
        }

        private void checkpoint() {
            assertThat(store.checkpoint()).isEqualTo(store.applied().position()).isEqualTo(store.durable());
            durable = state();
        }

        private void install() throws IOException {
            LogPosition position = new LogPosition(7, store.applied().position().index() + 5);
            try (StateStore.Staged staged = store.stage(new ByteArrayInputStream(exported))) {
                staged.install(position);
            }
            durable = exportedState.at(position);
            assume(durable);
            assertThat(new StoreDriver(store).state()).isEqualTo(durable);
        }

        private void restart() {
            compareHistory();
            store.close();
            store = MemoryStateStore.open(disk, MemoryStoreOptions.of(StoreDriver.STORE_ID));
            assume(durable);
            assertThat(new StoreDriver(store).state()).isEqualTo(durable);
        }

        void compareHistory() {
            assertThat(new StoreDriver(store).state().records()).isEqualTo(List.copyOf(model.values()));
            for (Moment moment : history) {
                assertThat(StoreDriver.state(moment.view())).isEqualTo(moment.state());
                for (Map.Entry<Bytes, KeyRecord> entry : model.entrySet()) {
                    boolean living = moment.state().records().stream()
                            .anyMatch(record -> record.live() && record.key().equals(entry.getKey()));
                    assertThat(moment.view().get(entry.getKey()).isPresent()).isEqualTo(living);
                }
                moment.view().close();
            }
            history.clear();
        }

        private void assume(StoreDriver.State state) {
            model = new TreeMap<>();
            state.records().forEach(record -> model.put(record.key(), record));
        }

        /** What the model says, with the store's scalars. */
        private StoreDriver.State state() {
            return new StoreDriver.State(store.applied(), List.copyOf(model.values()));
        }

        private long nextRevision() {
            return store.applied().revision() + 1;
        }

        private static Bytes key(int number) {
            return Bytes.utf8("key-" + Integer.toString(number, 5));
        }

        private static KeyRecord value(Bytes key, String value, long revision) {
            return new KeyRecord(key, true, Bytes.utf8(value), revision, new Revision(revision, 0), 1, revision);
        }
    }
}
