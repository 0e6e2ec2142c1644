package io.hightower.kv.statemachine.contract;

import static io.hightower.kv.statemachine.contract.StateReading.changes;
import static io.hightower.kv.statemachine.contract.StateReading.records;
import static io.hightower.kv.statemachine.contract.StateReading.recordsAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.random.RandomPrograms;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.HashKv;
import io.hightower.kv.statemachine.state.KvState;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * What every {@link StateStore} that keeps history must keep: older revisions, changes and etcd's hash of them are the same from
 * the compact revision on, whatever was done to files.
 */
public abstract class StateStoreHistoryContract {
    private static final int COMMANDS = 200;

    /** The store under test, opened before each test. */
    protected StateStore store;

    /** What may be done to a store without changing what it says. */
    private enum Upkeep {
        NOTHING,
        CHECKPOINT,
        COMPACT,
        REOPEN,
        COPY
    }

    /** Opens a store that keeps history and has none yet. */
    protected abstract StateStore open() throws Exception;

    /** Closes the store and opens what is durable of it. Returns the same one if it makes nothing durable. */
    protected abstract StateStore reopen(StateStore present) throws Exception;

    /** Closes the store and returns another one that its state was installed in. The same one if it exports nothing. */
    protected abstract StateStore copy(StateStore present) throws Exception;

    @BeforeEach
    public void openEmpty() throws Exception {
        store = open();
    }

    @AfterEach
    public void closeStore() {
        store.close();
    }

    private void keepUp(Upkeep upkeep) throws Exception {
        switch (upkeep) {
            case NOTHING -> {}
            case CHECKPOINT -> store.checkpoint();
            case COMPACT -> store.compact();
            case REOPEN -> {
                store.checkpoint();
                store = reopen(store);
            }
            case COPY -> store = copy(store);
        }
    }

    @Test
    public void aPutAtTheCompactRevisionIsStillGivenAsAChange() throws Exception {
        apply(put("a", "old"), put("b", "1"), put("a", "new"), put("a", "newer"));
        apply(new Command.Compact(4));
        for (Upkeep upkeep : Upkeep.values()) {
            keepUp(upkeep);
            assertThat(changesNow(4)).extracting(KeyRecord::value).containsExactly(key("new"), key("newer"));
        }
    }

    @Test
    public void aDeletionAtTheCompactRevisionIsStillGivenAsAChange() throws Exception {
        apply(put("a", "1"), put("b", "1"), Command.delete(key("a")), put("c", "1"));
        apply(new Command.Compact(4));
        for (Upkeep upkeep : Upkeep.values()) {
            keepUp(upkeep);
            assertDeletionOf("a", 4);
        }
    }

    @Test
    public void aDeletionAtTheCompactRevisionIsGivenEvenIfItsTombstoneIsReleased() throws Exception {
        apply(put("a", "1"), put("b", "1"), Command.delete(key("a")), put("c", "1"));
        store.compact();
        apply(new Command.ReleaseTombstones(4, 9), new Command.Compact(4));
        assertThat(store.applied().tombstones()).isZero();
        for (Upkeep upkeep : Upkeep.values()) {
            keepUp(upkeep);
            assertDeletionOf("a", 4);
        }
        apply(new Command.Compact(5));
        for (Upkeep upkeep : Upkeep.values()) {
            keepUp(upkeep);
            assertThat(changesNow(5)).extracting(KeyRecord::key).containsExactly(key("c"));
        }
    }

    private void assertDeletionOf(String key, long revision) {
        KeyRecord deletion = changesNow(revision).get(0);
        assertThat(deletion.key()).isEqualTo(key(key));
        assertThat(deletion.live()).isFalse();
        assertThat(deletion.modified().main()).isEqualTo(revision);
    }

    @Test
    public void everyChangeOfTheCommandAtTheCompactRevisionIsGiven() throws Exception {
        apply(put("a", "1"), put("b", "1"));
        apply(new Command.Batch(List.of(put("c", "1"), Command.delete(key("a")), put("b", "2"), put("b", "3"))));
        apply(put("b", "4"), Command.delete(key("c")), new Command.ReleaseTombstones(9, 9), new Command.Compact(4));
        for (Upkeep upkeep : Upkeep.values()) {
            keepUp(upkeep);
            assertThat(changesNow(4))
                    .extracting(change -> change.key().toUtf8() + change.value().toUtf8())
                    .containsExactly("c1", "a", "b3", "b4", "c");
        }
    }

    @Test
    public void changesBeginAtTheCompactRevisionAndReadingToo() throws Exception {
        for (int i = 0; i < 5; i++) {
            apply(put("a", "" + i));
        }
        try (StoreView view = store.view()) {
            assertThat(view.oldestChange()).isEqualTo(1);
            assertThat(changes(view, 1)).hasSize(5);
        }
        apply(new Command.Compact(4));
        for (Upkeep upkeep : Upkeep.values()) {
            keepUp(upkeep);
            try (StoreView view = store.view()) {
                assertThat(view.oldestChange()).isEqualTo(4);
                assertThat(view.oldestRevision()).isEqualTo(4);
                assertThat(changes(view, 4)).hasSize(3);
                assertThat(changes(view, view.revision() + 9)).isEmpty();
                assertRefused(() -> view.changes(3), 4);
                assertRefused(() -> view.at(3), 4);
                assertRefused(() -> view.recordsAt(3), 4);
            }
        }
    }

    private static void assertRefused(Runnable reading, long oldest) {
        assertThatThrownBy(reading::run).isInstanceOfSatisfying(RevisionUnavailableException.class, refused -> {
            assertThat(refused.isCompacted()).isTrue();
            assertThat(refused.oldest()).isEqualTo(oldest);
            assertThat(refused.newest()).isEqualTo(6);
        });
    }

    @Test
    public void recordsOfAnOlderRevisionHaveTheTombstonesOfThen() {
        apply(put("a", "1"), put("b", "1"), Command.delete(key("a")), put("a", "2"), Command.delete(key("b")));
        try (StoreView view = store.view()) {
            assertThat(recordsAt(view, 4)).extracting(KeyRecord::live).containsExactly(false, true);
            assertThat(recordsAt(view, 5)).extracting(KeyRecord::live).containsExactly(true, true);
            assertThat(recordsAt(view, 6)).isEqualTo(records(view));
            assertThat(recordsAt(view, 1)).isEmpty();
            assertThatThrownBy(() -> view.recordsAt(7))
                    .isInstanceOfSatisfying(
                            RevisionUnavailableException.class,
                            refused -> assertThat(refused.isCompacted()).isFalse());
        }
    }

    @Test
    public void historyIsTheSameWhateverIsDoneToFiles(TestInfo test) throws Exception {
        SeededRuns.of(test).count(20).checkEach(random -> {
            store.close();
            store = open();
            run(random);
        });
    }

    private void run(RandomGenerator random) throws Exception {
        RandomPrograms programs = new RandomPrograms(random);
        SeenHistory seen = new SeenHistory();
        for (int i = 0; i < COMMANDS; i++) {
            apply(programs.command());
            note(seen);
            if (random.nextInt(8) == 0) {
                keepUp(Upkeep.values()[random.nextInt(Upkeep.values().length)]);
                compare(seen, random);
            }
        }
        for (Upkeep upkeep : Upkeep.values()) {
            keepUp(upkeep);
            compare(seen, random);
        }
    }

    private void note(SeenHistory seen) {
        try (StoreView view = store.view()) {
            seen.note(view);
        }
    }

    private void compare(SeenHistory seen, RandomGenerator random) {
        try (StoreView view = store.view()) {
            long compacted = view.applied().compactRevision();
            long oldest = Math.max(1, compacted);
            assertThat(view.oldestRevision()).isEqualTo(oldest);
            assertThat(view.oldestChange()).isEqualTo(oldest);
            for (long main : new long[] {oldest, random.nextLong(oldest, view.revision() + 1), view.revision()}) {
                assertThat(changes(view, main)).as("changes from %s", main).isEqualTo(seen.changes(main));
                assertThat(recordsAt(view, main)).as("records at %s", main).isEqualTo(seen.recordsAt(main));
                assertThat(view.at(main).scan(KeyRange.all(), ReadView.NO_LIMIT))
                        .as("values at %s", main)
                        .isEqualTo(seen.livingAt(main));
                assertThat(HashKv.of(view, main).hash()).as("hash at %s", main).isEqualTo(seen.hashKv(main, compacted));
            }
        }
    }

    private List<KeyRecord> changesNow(long from) {
        try (StoreView view = store.view()) {
            return changes(view, from);
        }
    }

    /** Applies each command as an entry of its own. */
    private void apply(Command... commands) {
        for (Command command : commands) {
            LogPosition next = new LogPosition(1, store.applied().position().index() + 1);
            new KvState(store).apply(next, new Entry(next.index(), List.of(command)));
        }
    }

    private static Command put(String key, String value) {
        return Command.put(key(key), key(value));
    }

    private static Bytes key(String text) {
        return Bytes.utf8(text);
    }
}
