package io.hightower.kv.storage.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.random.RandomPrograms;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.HashKv;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Which changes a store can give that keeps no history: those that no flush has taken from memory. */
class ChangesInMemoryTest {
    private final SimulatedDisk disk = SimulatedDisk.empty();
    private final Queue<Runnable> merges = new ArrayDeque<>();
    private LogStructuredStore store = open(false);

    private LogStructuredStore open(boolean keepHistory) {
        return LogStructuredStore.open(
                disk,
                StoreFixture.STORE_ID,
                StoreFixture.tiny().withKeepHistory(keepHistory),
                new BackgroundWork(Runnable::run, merges::add, () -> {}));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aNewStoreHasAllChangesUntilTheyAreFlushed() {
        put("a", "1");
        apply(Command.delete(Bytes.utf8("a")));
        put("a", "2");
        assertOldestChange(1);
        assertThat(values(1)).containsExactly("1", "", "2");

        store.checkpoint();

        assertOldestChange(5);
        assertThat(values(5)).isEmpty();
        put("b", "1");
        put("b", "2");
        assertOldestChange(5);
        assertThat(values(5)).containsExactly("1", "2");
        assertThat(values(6)).containsExactly("2");
    }

    @Test
    void aViewKeepsTheChangesThatItBeganWith() {
        put("a", "1");
        put("a", "2");
        try (StoreView view = store.view()) {
            store.checkpoint();
            put("a", "3");
            store.compact();
            assertThat(view.oldestChange()).isEqualTo(1);
            assertThat(StateReading.changes(view, 2))
                    .extracting(change -> change.value().toUtf8())
                    .containsExactly("1", "2");
        }
        assertOldestChange(5);
    }

    @Test
    void aReleasedTombstoneInMemoryIsStillADeletion() {
        put("a", "1");
        store.checkpoint();
        apply(Command.delete(Bytes.utf8("a")));
        apply(new Command.ReleaseTombstones(9, 9));
        try (StoreView view = store.view()) {
            assertThat(StateReading.changes(view, 3)).singleElement().matches(change -> !change.live());
            assertThat(StateReading.records(view)).isEmpty();
        }
    }

    @Test
    void compactionTakesChangesFromMemoryToo() {
        put("a", "1");
        put("a", "2");
        put("a", "3");
        apply(new Command.Compact(3));
        assertOldestChange(3);
        assertThat(values(3)).containsExactly("2", "3");
    }

    @Test
    void historyOfAFormerLifeIsGivenUntilAMergeOrAFlushDropsIt() {
        store.close();
        store = open(true);
        put("a", "1");
        put("a", "2");
        store.checkpoint();
        store.close();
        store = open(false);
        assertThat(values(1)).containsExactly("1", "2");

        store.compact();

        assertOldestChange(4);
    }

    @Test
    void aStateThatWasInstalledHasItsChangesInNoMemory() throws Exception {
        put("a", "1");
        store.checkpoint();
        put("a", "2");
        try (LogStructuredStore other = LogStructuredStore.open(
                        SimulatedDisk.empty(),
                        Bytes.utf8("fedcba9876543210"),
                        StoreFixture.tiny(),
                        BackgroundWork.onCallersThread());
                StateStore.PinnedState pinned = store.pin();
                StateStore.Staged staged = other.stage(pinned)) {
            staged.install(new LogPosition(0, 9));
            try (StoreView view = other.view()) {
                assertThat(view.oldestChange()).isEqualTo(4);
            }
            assertThat(pinned.view().oldestChange()).isEqualTo(4);
        }
    }

    @Test
    void givesTheHashOfAStoreWithHistoryOrNone(TestInfo test) {
        SeededRuns.of(test).count(4).checkEach(random -> {
            int given = 0;
            int refused = 0;
            try (LogStructuredStore forgetful = openEmpty(false);
                    LogStructuredStore keeping = openEmpty(true)) {
                RandomPrograms programs = new RandomPrograms(random);
                for (int i = 0; i < 300; i++) {
                    Command command =
                            i % 20 == 19 ? new Command.Compact(keeping.applied().revision()) : programs.command();
                    apply(forgetful, command);
                    apply(keeping, command);
                    if (random.nextInt(20) == 0) {
                        forgetful.checkpoint();
                    }
                    try (StoreView one = forgetful.view();
                            StoreView other = keeping.view()) {
                        if (hasEverythingToHash(one)) {
                            assertThat(HashKv.of(one, HashKv.NEWEST)).isEqualTo(HashKv.of(other, HashKv.NEWEST));
                            given++;
                        } else {
                            assertThatThrownBy(() -> HashKv.of(one, HashKv.NEWEST))
                                    .isInstanceOf(RevisionUnavailableException.class);
                            refused++;
                        }
                    }
                }
            }
            assertThat(given).isGreaterThan(20);
            assertThat(refused).isGreaterThan(20);
        });
    }

    private static boolean hasEverythingToHash(StoreView view) {
        long compacted = view.applied().compactRevision();
        boolean hasChanges = view.oldestChange() <= Math.max(2, compacted + 1);
        // Without any value the ones of the compact revision count.
        return hasChanges && (view.len() > 0 || compacted < 2 || compacted == view.revision());
    }

    private static LogStructuredStore openEmpty(boolean keepHistory) {
        return LogStructuredStore.open(
                SimulatedDisk.empty(),
                StoreFixture.STORE_ID,
                StoreFixture.tiny().withKeepHistory(keepHistory),
                BackgroundWork.onCallersThread());
    }

    private void assertOldestChange(long expected) {
        try (StoreView view = store.view()) {
            assertThat(view.oldestChange()).isEqualTo(expected);
            assertThat(view.oldestRevision()).isEqualTo(view.revision());
            assertThat(StateReading.recordsAt(view, view.revision())).isEqualTo(StateReading.records(view));
            assertThatThrownBy(() -> view.recordsAt(view.revision() - 1))
                    .isInstanceOf(RevisionUnavailableException.class);
            assertThatThrownBy(() -> view.changes(expected - 1))
                    .isInstanceOfSatisfying(RevisionUnavailableException.class, refused -> assertThat(refused.oldest())
                            .isEqualTo(expected));
        }
    }

    private List<String> values(long from) {
        try (StoreView view = store.view()) {
            return StateReading.changes(view, from).stream()
                    .map(KeyRecord::value)
                    .map(Bytes::toUtf8)
                    .toList();
        }
    }

    private void put(String key, String value) {
        apply(Command.put(Bytes.utf8(key), Bytes.utf8(value)));
    }

    private void apply(Command command) {
        apply(store, command);
    }

    private static void apply(LogStructuredStore target, Command command) {
        long next = target.applied().position().index() + 1;
        new KvState(target).apply(new LogPosition(0, next), new Entry(0, List.of(command)));
    }
}
