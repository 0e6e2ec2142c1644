package io.hightower.kv.statemachine.contract;

import static io.hightower.kv.statemachine.contract.StateReading.assertConsistent;
import static io.hightower.kv.statemachine.contract.StateReading.changes;
import static io.hightower.kv.statemachine.contract.StateReading.records;
import static io.hightower.kv.statemachine.contract.StateReading.recordsAt;
import static io.hightower.kv.statemachine.contract.StateReading.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.random.RandomCommands;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * What every {@link StateStore} must keep while it is open: edits and views. {@link StateStoreSystemContract} adds leases and
 * system records, {@link StateStoreSnapshotContract} what is made durable and exported.
 */
public abstract class StateStoreContract {
    /** The store under test, opened before each test. */
    protected StateStore store;

    /**
     * Opens the store. The first call of a test finds nothing; a later one opens what the former store, which was closed,
     * made durable.
     */
    protected abstract StateStore open() throws Exception;

    @BeforeEach
    public void openEmpty() throws Exception {
        store = open();
    }

    @AfterEach
    public void closeStore() {
        store.close();
    }

    @Test
    public void beginsEmpty() {
        try (StoreView view = store.view()) {
            assertThat(view.applied()).isEqualTo(AppliedState.EMPTY);
            assertThat(view.revision()).isEqualTo(Revision.EMPTY_STORE);
            assertThat(view.latestVersion()).isZero();
            assertThat(view.len()).isZero();
            assertThat(records(view)).isEmpty();
        }
        assertThat(store.applied()).isEqualTo(AppliedState.EMPTY);
        assertThat(store.durable()).isEqualTo(LogPosition.START);
        assertThat(store.memoryBytes()).isNotNegative();
    }

    @Test
    public void showsEditOnceItIsPublished() {
        StateStore.Edit edit = store.edit();
        edit.write(value("k", 2));
        try (StoreView before = store.view()) {
            assertThat(before.get(key("k"))).isEmpty();
        }
        edit.publish(AppliedState.EMPTY.at(new LogPosition(0, 1)));

        try (StoreView after = store.view()) {
            assertThat(after.get(key("k"))).contains(value("k", 2).toKeyValue());
            assertThat(after.applied().position()).isEqualTo(new LogPosition(0, 1));
        }
        assertThat(store.applied().position()).isEqualTo(new LogPosition(0, 1));
    }

    @Test
    public void editSeesItsOwnChanges() {
        apply(put("a", "1"), put("b", "2"), put("c", "3"));
        KeyRecord grave = grave("b", 5, 0);

        StateStore.Edit edit = store.edit();
        edit.write(value("a", 5));
        edit.write(grave);
        assertThat(edit.newest(key("a"))).contains(value("a", 5));
        assertThat(edit.newest(key("b"))).contains(grave);
        assertThat(edit.newest(key("z"))).isEmpty();
        assertThat(edit.live(KeyRange.all())).extracting(KeyRecord::key).containsExactly(key("a"), key("c"));
        assertThat(edit.tombstones(5, 9)).containsExactly(grave);

        edit.erase(grave);
        assertThat(edit.newest(key("b"))).isEmpty();
        assertThat(edit.tombstones(5, 9)).isEmpty();
    }

    @Test
    public void droppedEditLeavesNoTrace() {
        apply(put("a", "1"), put("b", "2"), Command.delete(key("b")));
        AppliedState before = store.applied();
        StateStore.Edit dropped = store.edit();
        dropped.write(value("a", 9));
        dropped.write(value("new", 9));
        dropped.erase(dropped.newest(key("b")).orElseThrow());

        StateStore.Edit next = store.edit();

        assertThat(next.newest(key("a")).orElseThrow().value()).isEqualTo(key("1"));
        assertThat(next.newest(key("new"))).isEmpty();
        assertThat(next.tombstones(Long.MAX_VALUE, 9))
                .extracting(KeyRecord::key)
                .containsExactly(key("b"));
        assertThat(next.live(KeyRange.all())).hasSize(1);
        assertThat(store.applied()).isEqualTo(before);
        try (StoreView view = store.view()) {
            assertConsistent(view);
        }
    }

    @Test
    public void returnsTombstonesOldestFirst() {
        StateStore.Edit edit = store.edit();
        edit.write(grave("a", 7, 1));
        edit.write(grave("b", 7, 0));
        edit.write(grave("c", 3, 0));
        edit.write(value("d", 2));
        edit.write(grave("e", 9, 0));
        edit.publish(AppliedState.EMPTY.at(new LogPosition(0, 1)));

        StateStore.Edit next = store.edit();

        assertThat(next.tombstones(Long.MAX_VALUE, Integer.MAX_VALUE))
                .extracting(KeyRecord::key)
                .containsExactly(key("c"), key("b"), key("a"), key("e"));
        assertThat(next.tombstones(7, 2)).extracting(KeyRecord::key).containsExactly(key("c"), key("b"));
        assertThat(next.tombstones(8, 9)).hasSize(3);
        assertThat(next.tombstones(2, 9)).isEmpty();
    }

    @Test
    public void forgetsTombstoneThatWasOverwrittenOrMovesItThatWasRenewed() {
        apply(put("a", "1"), Command.delete(key("a")), put("b", "1"), Command.delete(key("b")));
        apply(put("a", "2"), new Command.Delete(key("b"), 99));

        List<KeyRecord> graves = store.edit().tombstones(Long.MAX_VALUE, 9);

        assertThat(graves).singleElement().extracting(KeyRecord::writeVersion).isEqualTo(99L);
        assertThat(store.edit().tombstones(graves.get(0).modified().main() - 1, 9))
                .isEmpty();
    }

    @Test
    public void viewShowsItsMomentHoweverLongItStaysOpen() {
        apply(put("a", "old"), put("b", "old"), Command.delete(key("b")));
        try (StoreView old = store.view()) {
            AppliedState applied = old.applied();
            List<KeyRecord> before = records(old);

            apply(put("a", "new"), put("b", "new"), put("c", "new"));
            apply(Command.delete(key("a")), new Command.ReleaseTombstones(99, 99));

            assertThat(records(old)).isEqualTo(before);
            assertThat(old.applied()).isEqualTo(applied);
            assertThat(text(old, "a")).contains("old");
            assertThat(old.get(key("b"))).isEmpty();
            assertThat(old.scan(KeyRange.all(), ReadView.NO_LIMIT)).hasSize(1);
            assertConsistent(old);
        }
    }

    @Test
    public void cursorKeepsItsMomentWhileEditsGoOn() {
        apply(put("a", "1"), put("c", "1"));
        try (StoreView view = store.view();
                ReadView.KeyCursor cursor = view.cursor(KeyRange.all())) {
            assertThat(cursor.next()).isTrue();
            apply(put("b", "1"), Command.delete(key("c")));

            assertThat(cursor.current().key()).isEqualTo(key("a"));
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.current().key()).isEqualTo(key("c"));
            assertThat(cursor.next()).isFalse();
        }
    }

    @Test
    public void hidesTombstonesFromReaders() {
        apply(put("a", "1"), put("b", "2"), Command.delete(key("a")));
        try (StoreView view = store.view()) {
            assertThat(view.get(key("a"))).isEmpty();
            assertThat(keys(view, KeyRange.all())).containsExactly(key("b"));
            assertThat(view.len()).isEqualTo(1);
            assertThat(records(view)).extracting(KeyRecord::live).containsExactly(false, true);
        }
    }

    @Test
    public void readsHalfOpenRangesInUnsignedOrder() {
        for (Bytes binary : RandomCommands.KEYS) {
            apply(Command.put(binary, key("v")));
        }
        List<Bytes> ordered = RandomCommands.KEYS.stream().sorted().toList();
        try (StoreView view = store.view()) {
            assertThat(keys(view, KeyRange.all())).isEqualTo(ordered);
            assertThat(records(view)).extracting(KeyRecord::key).isEqualTo(ordered);
            assertThat(keys(view, KeyRange.of(ordered.get(1), ordered.get(4)))).isEqualTo(ordered.subList(1, 4));
            assertThat(keys(view, KeyRange.of(ordered.get(4), ordered.get(1)))).isEmpty();
            assertThat(keys(view, KeyRange.of(ordered.get(4), ordered.get(4)))).isEmpty();
            assertThat(keys(view, KeyRange.prefix(Bytes.wrap(new byte[] {-1})))).hasSize(2);
            assertThat(keys(view, KeyRange.single(key("a")))).containsExactly(key("a"));
            assertThat(keys(view, KeyRange.startingAt(ordered.get(12)))).isEqualTo(ordered.subList(12, 14));
        }
    }

    @Test
    public void scanTakesAtMostItsLimitFromTheStart() {
        apply(put("a", "1"), put("b", "1"), put("c", "1"));
        try (StoreView view = store.view()) {
            assertThat(view.scan(KeyRange.all(), 2)).extracting(KeyValue::key).containsExactly(key("a"), key("b"));
            assertThat(view.scan(KeyRange.all(), 3)).hasSize(3);
            assertThat(view.scan(KeyRange.all(), ReadView.NO_LIMIT)).hasSize(3);
            assertThatThrownBy(() -> view.scan(KeyRange.all(), -1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    public void refusesReadingAClosedView() {
        apply(put("a", "1"));
        StoreView view = store.view();
        view.close();
        view.close();

        assertThatThrownBy(() -> view.get(key("a"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> view.scan(KeyRange.all(), 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> records(view)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    public void saysWhichChangesItStillHas() {
        apply(put("a", "1"), put("b", "1"));
        apply(Command.delete(key("a")));
        try (StoreView view = store.view()) {
            long oldest = view.oldestChange();
            assertThat(oldest).isBetween(1L, view.revision() + 1);
            assertThat(changes(view, oldest)).hasSize((int) (view.revision() - Math.max(1, oldest - 1)));
            assertThat(changes(view, view.revision() + 1)).isEmpty();
            assertThatThrownBy(() -> view.changes(oldest - 1))
                    .isInstanceOfSatisfying(RevisionUnavailableException.class, refused -> {
                        assertThat(refused.isCompacted()).isTrue();
                        assertThat(refused.oldest()).isEqualTo(oldest);
                    });
            assertThat(recordsAt(view, view.revision())).isEqualTo(records(view));
            assertThatThrownBy(() -> view.recordsAt(view.revision() + 1))
                    .isInstanceOf(RevisionUnavailableException.class);
        }
    }

    @Test
    public void closesTwiceWithoutHarm() {
        store.close();
        assertThatCode(store::close).doesNotThrowAnyException();
    }

    @Test
    public void countsTheMemoryOfLargeValues() {
        long before = store.memoryBytes();
        apply(Command.put(key("large"), Bytes.wrap(new byte[1 << 20])));
        assertThat(store.memoryBytes()).isGreaterThan(before + (1 << 19));
    }

    @Test
    public void agreesWithTreeMapsAfterRandomCommands(TestInfo test) throws Exception {
        SeededRuns.of(test).count(10).checkEach(random -> {
            store.close();
            StateStore tested = openAnother();
            assertThat(tested.applied()).isEqualTo(AppliedState.EMPTY);
            try (StateStore reference = new TreeMapStateStore()) {
                KvState here = new KvState(tested);
                KvState there = new KvState(reference);
                RandomCommands commands = new RandomCommands(random);
                for (int index = 1; index <= 500; index++) {
                    LogPosition position = new LogPosition(1, index);
                    Entry entry = new Entry(index, commands.list(random.nextInt(1, 4)));
                    List<Result> results = here.apply(position, entry);
                    assertThat(results).isEqualTo(there.apply(position, entry));
                    assertSame(tested, reference);
                }
            } finally {
                tested.close();
            }
            store = tested;
        });
    }

    @Test
    public void viewsShowWholeEditsToManyThreads() throws InterruptedException {
        apply(put("left", "0"), put("right", "0"));
        AtomicBoolean finished = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(2);
        try {
            Future<?> first = readers.submit(() -> readUntil(finished));
            Future<?> second = readers.submit(() -> readUntil(finished));
            for (int i = 1; i <= 300; i++) {
                apply(new Command.Batch(List.of(put("left", "" + i), put("right", "" + i), put("k" + i % 9, "v"))));
            }
            finished.set(true);
            first.get();
            second.get();
        } catch (ExecutionException e) {
            throw new AssertionError("A reader saw half an edit", e);
        } finally {
            finished.set(true);
            readers.shutdown();
        }
    }

    private void readUntil(AtomicBoolean finished) {
        while (!finished.get()) {
            try (StoreView view = store.view()) {
                assertThat(text(view, "left")).isEqualTo(text(view, "right"));
                assertConsistent(view);
            }
        }
    }

    /** Opens an empty store for a run of its own. Without a place of its own, nothing may have been made durable. */
    protected StateStore openAnother() throws Exception {
        return open();
    }

    private static void assertSame(StateStore tested, StateStore reference) {
        try (StoreView here = tested.view();
                StoreView there = reference.view()) {
            assertThat(here.applied()).isEqualTo(there.applied());
            assertThat(records(here)).isEqualTo(records(there));
            assertThat(here.scan(KeyRange.all(), ReadView.NO_LIMIT))
                    .isEqualTo(there.scan(KeyRange.all(), ReadView.NO_LIMIT));
        }
    }

    /** Applies one entry at the next position. */
    protected final List<Result> apply(Command... commands) {
        LogPosition next = new LogPosition(1, store.applied().position().index() + 1);
        return new KvState(store).apply(next, new Entry(next.index(), List.of(commands)));
    }

    private static List<Bytes> keys(ReadView view, KeyRange range) {
        return view.scan(range, ReadView.NO_LIMIT).stream().map(KeyValue::key).toList();
    }

    static Command put(String key, String value) {
        return Command.put(key(key), key(value));
    }

    static Bytes key(String text) {
        return Bytes.utf8(text);
    }

    static KeyRecord value(String key, long revision) {
        return new KeyRecord(key(key), true, key("v"), revision, new Revision(revision, 0), 1, revision);
    }

    private static KeyRecord grave(String key, long main, int sub) {
        return KeyRecord.tombstone(key(key), new Revision(main, sub), main);
    }
}
