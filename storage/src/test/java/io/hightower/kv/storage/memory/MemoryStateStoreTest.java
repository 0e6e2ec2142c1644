package io.hightower.kv.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the contract of every state store leaves open: edits, views and memory of this one. */
class MemoryStateStoreTest {
    private final StoreDriver driver = StoreDriver.open(SimulatedDisk.empty());
    private final MemoryStateStore store = driver.store;

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void refusesToPublishTwiceOrBehindAnotherEdit() {
        StateStore.Edit first = store.edit();
        StateStore.Edit second = store.edit();
        first.publish(AppliedState.EMPTY.at(new LogPosition(0, 1)));

        assertThatThrownBy(() -> first.publish(AppliedState.EMPTY.at(new LogPosition(0, 2))))
                .isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> first.write(KeyRecord.tombstone(Bytes.utf8("k"), new Revision(2, 0), 1)))
                .isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> second.publish(AppliedState.EMPTY.at(new LogPosition(0, 2))))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("edits follow one another");
        assertThat(store.applied().position()).isEqualTo(new LogPosition(0, 1));
    }

    @Test
    void refusesToPublishAtAPositionThatWasPassed() {
        driver.put("k", "v");
        AppliedState applied = store.applied();

        assertThatThrownBy(() -> store.edit().publish(applied)).isInstanceOf(InvariantViolation.class);
        assertThat(store.applied()).isEqualTo(applied);
    }

    @Test
    void erasesOnlyTombstonesThatAreNewest() {
        driver.put("a", "1").delete("a").put("b", "1");
        KeyRecord grave = store.edit().newest(Bytes.utf8("a")).orElseThrow();
        KeyRecord living = store.edit().newest(Bytes.utf8("b")).orElseThrow();
        driver.put("a", "2");

        assertThatThrownBy(() -> store.edit().erase(grave)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> store.edit().erase(living)).isInstanceOf(InvariantViolation.class);
        assertThat(store.edit().tombstones(Long.MAX_VALUE, 9)).isEmpty();
    }

    @Test
    void cursorsEndWithTheirViewAndWhenClosed() {
        driver.put("a", "1").put("b", "1");
        StoreView view = store.view();
        ReadView.KeyCursor closed = view.cursor(KeyRange.all());
        ReadView.KeyCursor keys = view.cursor(KeyRange.all());
        StoreView.RecordCursor records = view.records();
        assertThat(keys.next()).isTrue();

        closed.close();
        closed.close();
        assertThatThrownBy(closed::next).isInstanceOf(IllegalStateException.class);
        view.close();

        assertThatThrownBy(keys::next).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(keys::current).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(records::next).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(view::applied).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(view::len).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void cursorShowsNothingBeforeTheFirstAndBehindTheLastRecord() {
        driver.put("a", "1").put("b", "1").delete("b");
        try (StoreView view = store.view();
                ReadView.KeyCursor keys = view.cursor(KeyRange.all());
                StoreView.RecordCursor records = view.records()) {
            assertThatThrownBy(keys::current).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(records::current).isInstanceOf(IllegalStateException.class);
            assertThat(keys.next()).isTrue();
            assertThat(keys.next()).isFalse();
            assertThat(keys.next()).isFalse();
            assertThatThrownBy(keys::current).isInstanceOf(IllegalStateException.class);
            assertThat(records.next()).isTrue();
            assertThat(records.next()).isTrue();
            assertThat(records.next()).isFalse();
            assertThatThrownBy(records::current).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void estimateOfMemoryFollowsTheRecords() {
        assertThat(store.memoryBytes()).isZero();
        driver.put("key", "12345678");
        long one = store.memoryBytes();
        assertThat(one).isEqualTo(StoreRoot.RECORD_OVERHEAD_BYTES + 3 + 8);

        driver.put("key", "1234");
        assertThat(store.memoryBytes()).isEqualTo(one - 4);
        driver.delete("key");
        assertThat(store.memoryBytes()).isEqualTo(one - 8);
        driver.apply(new Command.ReleaseTombstones(99, 99));
        assertThat(store.memoryBytes()).isZero();
    }

    @Test
    void closedStoreRefusesWorkButAnswersWhereItStood() {
        driver.put("k", "v");
        AppliedState applied = store.applied();
        StateStore.Edit edit = store.edit();
        StoreView open = store.view();
        store.close();

        assertThat(store.applied()).isEqualTo(applied);
        assertThat(store.durable()).isEqualTo(LogPosition.START);
        assertThat(store.memoryBytes()).isZero();
        assertThatThrownBy(store::edit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(store::view).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(store::checkpoint).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> edit.publish(applied.at(new LogPosition(9, 9))))
                .isInstanceOf(IllegalStateException.class);
        assertThat(open.get(Bytes.utf8("k"))).isPresent();
        open.close();
    }

    /** The writer moves an amount between two keys; whoever sees one half of that, or a change in an old view, fails. */
    @Test
    void viewsStayAsTheyAreWhileAnotherThreadWrites() throws Exception {
        driver.put("left", "500").put("right", "500");
        AtomicBoolean finished = new AtomicBoolean();
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            Future<?> reading = reader.submit(() -> readUntil(finished));
            for (int i = 0; i < 3000; i++) {
                int left = i % 1001;
                driver.apply(new Command.Batch(List.of(
                        Command.put(Bytes.utf8("left"), Bytes.utf8(Integer.toString(left))),
                        Command.put(Bytes.utf8("right"), Bytes.utf8(Integer.toString(1000 - left))),
                        Command.put(Bytes.utf8("k" + i % 200), Bytes.utf8("v")))));
            }
            finished.set(true);
            assertThatCode(reading::get).doesNotThrowAnyException();
        } finally {
            finished.set(true);
            reader.shutdown();
        }
    }

    private void readUntil(AtomicBoolean finished) {
        List<StoreView> views = new ArrayList<>();
        List<StoreDriver.State> states = new ArrayList<>();
        while (!finished.get()) {
            StoreView view = store.view();
            views.add(view);
            states.add(StoreDriver.state(view));
            int sum = amount(view, "left") + amount(view, "right");
            assertThat(sum).isEqualTo(1000);
            if (views.size() == 20) {
                for (int i = 0; i < views.size(); i++) {
                    assertThat(StoreDriver.state(views.get(i))).isEqualTo(states.get(i));
                    views.get(i).close();
                }
                views.clear();
                states.clear();
            }
        }
    }

    private static int amount(StoreView view, String key) {
        return Integer.parseInt(view.get(Bytes.utf8(key)).orElseThrow().value().toUtf8());
    }
}
