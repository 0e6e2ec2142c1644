package io.hightower.kv.engine.watch;

import static io.hightower.kv.engine.watch.WatchReading.events;
import static io.hightower.kv.engine.watch.WatchReading.next;
import static io.hightower.kv.engine.watch.WatchReading.told;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.engine.Hightower;
import io.hightower.kv.engine.HistoryRetention;
import io.hightower.kv.engine.Options;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.StateSnapshot;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches as users of the library see them, on the real store. */
class WatchTest {
    private static final WatchRequest ALL = WatchRequest.of(KeyRange.all());

    @TempDir
    Path directory;

    private LocalEngine store;

    @BeforeEach
    void open() {
        store = Hightower.open(Options.at(directory).withHistory(HistoryRetention.forever()));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private long put(String key, String value) {
        return store.put(Bytes.utf8(key), Bytes.utf8(value)).revision();
    }

    private static KeyRange key(String key) {
        return KeyRange.single(Bytes.utf8(key));
    }

    private Watch begun(WatchRequest request) {
        Watch watch = store.watch(request);
        next(watch, WatchMessage.Created.class);
        return watch;
    }

    @Test
    void givesWhatIsWrittenAfterItBegan() {
        put("a", "before");
        Watch watch = store.watch(ALL);
        assertThat(next(watch, WatchMessage.Created.class).revision()).isEqualTo(2);
        put("a", "1");
        store.delete(Bytes.utf8("a"));
        put("b", "2");
        assertThat(told(events(watch, 3))).containsExactly("3 put a=1", "4 delete a", "5 put b=2");
    }

    @Test
    void givesThePastFromItsStartRevisionOnAndThenThePresent() {
        put("a", "1");
        put("a", "2");
        put("a", "3");
        Watch watch = begun(ALL.from(3));
        put("a", "4");
        assertThat(told(events(watch, 3))).containsExactly("3 put a=2", "4 put a=3", "5 put a=4");
    }

    @Test
    void givesNothingBeforeAStartRevisionInTheFuture() {
        Watch watch = begun(ALL.from(4));
        put("a", "2");
        put("a", "3");
        assertThat(watch.through()).isEmpty();
        put("a", "4");
        assertThat(told(events(watch, 1))).containsExactly("4 put a=4");
    }

    @Test
    void givesARevisionWholeAndEachKeyOfItOnce() {
        Watch watch = begun(ALL);
        store.submitBatch(List.of(
                Command.put(Bytes.utf8("b"), Bytes.utf8("1")),
                Command.put(Bytes.utf8("a"), Bytes.utf8("1")),
                Command.put(Bytes.utf8("b"), Bytes.utf8("2"))));
        WatchMessage.Events live = next(watch, WatchMessage.Events.class);
        assertThat(told(live.events())).containsExactly("2 put a=1", "2 put b=2");
        WatchMessage.Events past = next(begun(ALL.from(2)), WatchMessage.Events.class);
        assertThat(told(past.events())).containsExactly("2 put a=1", "2 put b=2");
    }

    @Test
    void givesOnlyTheKindsOfChangeThatAreWantedOfTheKeysThatAreWanted() {
        Watch puts = begun(WatchRequest.of(key("a")).only(WatchRequest.Changes.PUTS));
        Watch deletes = begun(WatchRequest.of(KeyRange.prefix(Bytes.utf8("a"))).only(WatchRequest.Changes.DELETES));
        put("a", "1");
        put("ab", "1");
        store.deleteRange(KeyRange.all());
        put("a", "2");
        assertThat(told(events(puts, 2))).containsExactly("2 put a=1", "5 put a=2");
        assertThat(told(events(deletes, 2))).containsExactly("4 delete a", "4 delete ab");
    }

    @Test
    void showsWhatWasBeforeToWhoAskedForItLiveAndFromHistory() {
        Watch live = begun(ALL.withPrevious());
        Watch bare = begun(ALL);
        put("a", "1");
        put("a", "2");
        store.delete(Bytes.utf8("a"));
        put("a", "3");
        List<WatchEvent> seen = events(live, 4);
        assertPreviousOf(seen);
        assertPreviousOf(events(begun(ALL.from(2).withPrevious()), 4));
        assertThat(events(bare, 4)).allMatch(event -> event.previous().isEmpty());
        assertThat(seen).extracting(WatchEvent::isCreation).containsExactly(true, false, false, true);
    }

    private static void assertPreviousOf(List<WatchEvent> events) {
        assertThat(events)
                .extracting(event ->
                        event.previous().map(KeyValue::value).map(Bytes::toUtf8).orElse("nothing"))
                .containsExactly("nothing", "1", "2", "nothing");
    }

    @Test
    void showsWhatWasBeforeTheWholeRevision() {
        Watch live = begun(ALL.withPrevious());
        put("a", "1");
        store.submitBatch(
                List.of(Command.put(Bytes.utf8("a"), Bytes.utf8("2")), Command.put(Bytes.utf8("a"), Bytes.utf8("3"))));
        for (WatchEvent event : List.of(
                events(live, 2).get(1),
                events(begun(ALL.from(3).withPrevious()), 1).get(0))) {
            assertThat(told(event)).isEqualTo("3 put a=3");
            assertThat(event.previous()).map(KeyValue::value).hasValue(Bytes.utf8("1"));
        }
    }

    @Test
    void aReaderWhoComesLateIsGivenEverything() {
        Watch late = begun(ALL);
        int count = 3 * Watcher.PENDING_MAX;
        List<String> written = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long revision = put("a", "value " + i);
            written.add(revision + " put a=value " + i);
        }
        assertThat(told(events(late, count))).isEqualTo(written);
    }

    @Test
    void whatWasReadFromHistoryIsNotReadAgain() {
        int count = 3 * Watcher.PENDING_MAX;
        for (int i = 0; i < count; i++) {
            put("a", "value " + i);
        }
        CountingMetrics counting = new CountingMetrics();
        store.close();
        store = Hightower.open(
                Options.at(directory).withHistory(HistoryRetention.forever()).withMetrics(counting));
        assertThat(events(begun(ALL.from(2)), count)).hasSize(count);
        assertThat(counting.count("watch.history.reads")).isBetween(3L, 4L);
    }

    @Test
    void isNotThroughWhatItHasNotGiven() {
        Watch watch = begun(ALL);
        Watch other = begun(WatchRequest.of(key("b")));
        long written = put("a", "1");
        other.requestProgress();
        assertThat(next(other, WatchMessage.Progress.class).revision()).isEqualTo(written);
        assertThat(watch.through()).isEmpty();
        assertThat(events(watch, 1)).hasSize(1);
        assertThat(watch.through()).hasValue(written);
    }

    @Test
    void endsOfLeasesAreDeletesOfOneRevision() {
        store.grantLease(7, 60);
        Watch watch = begun(ALL);
        for (String key : List.of("b", "a")) {
            store.put(new Command.Put(Bytes.utf8(key), Bytes.utf8("1"), Command.NO_VERSION, PutOptions.lease(7)));
        }
        store.revokeLease(7);
        assertThat(told(events(watch, 4))).containsExactly("2 put b=1", "3 put a=1", "4 delete a", "4 delete b");
    }

    @Test
    void endsWithTheOldestPossibleStartIfItsOwnWasCompactedAndBeginsAtExactlyThat() {
        put("a", "1");
        put("a", "2");
        store.delete(Bytes.utf8("a"));
        put("b", "1");
        store.compact(4);
        Watch late = begun(ALL.from(3));
        WatchMessage.Canceled end = next(late, WatchMessage.Canceled.class);
        assertThat(end.reason()).isEqualTo(WatchMessage.Reason.COMPACTED);
        assertThat(end.restartRevision()).isEqualTo(4);
        assertThat(late.poll()).isEmpty();
        assertThat(told(events(begun(ALL.from(end.restartRevision())), 2))).containsExactly("4 delete a", "5 put b=1");
    }

    @Test
    void endsForACompactedStartAlsoWhileMemoryHasItsChanges() {
        begun(ALL);
        put("a", "1");
        put("a", "2");
        put("a", "3");
        store.compact(4);
        WatchMessage.Canceled end = next(begun(ALL.from(3)), WatchMessage.Canceled.class);
        assertThat(end.restartRevision()).isEqualTo(4);
    }

    @Test
    void cutsALongRevisionIntoFragmentsForWhoWantsThat() {
        Watch cut = begun(ALL.inFragmentsOf(400));
        store.submitBatch(List.of(
                Command.put(Bytes.utf8("a"), Bytes.utf8("x".repeat(300))),
                Command.put(Bytes.utf8("b"), Bytes.utf8("y".repeat(300))),
                Command.put(Bytes.utf8("c"), Bytes.utf8("z".repeat(300)))));
        put("d", "short");
        for (int i = 0; i < 3; i++) {
            WatchMessage.Events piece = next(cut, WatchMessage.Events.class);
            assertThat(piece.events()).hasSize(1);
            assertThat(piece.fragment()).isEqualTo(i < 2);
        }
        assertThat(told(events(cut, 1))).containsExactly("3 put d=short");
    }

    @Test
    void tellsOfProgressWhenAskedAndWhenIdle() {
        Watch watch = begun(WatchRequest.of(key("a")));
        long written = put("b", "1");
        watch.requestProgress();
        assertThat(next(watch, WatchMessage.Progress.class).revision()).isEqualTo(written);
        assertThat(watch.through()).hasValue(written);
        store.close();
        Options often =
                Options.at(directory).withWatch(WatchOptions.defaults().withProgressInterval(Duration.ofMillis(10)));
        store = Hightower.open(often);
        Watch idle = begun(WatchRequest.of(key("a")).withProgress());
        assertThat(next(idle, WatchMessage.Progress.class).revision()).isEqualTo(written);
    }

    @Test
    void aListenerIsGivenEveryMessageInOrder() throws InterruptedException {
        BlockingQueue<WatchMessage> given = new ArrayBlockingQueue<>(100);
        Watch watch = store.watch(ALL, given::add);
        put("a", "1");
        put("a", "2");
        assertThat(given.poll(20, TimeUnit.SECONDS)).isInstanceOf(WatchMessage.Created.class);
        assertThat(given.poll(20, TimeUnit.SECONDS).revision()).isLessThanOrEqualTo(3);
        watch.close();
        WatchMessage last = given.poll(20, TimeUnit.SECONDS);
        while (last instanceof WatchMessage.Events) {
            last = given.poll(20, TimeUnit.SECONDS);
        }
        assertThat(((WatchMessage.Canceled) last).reason()).isEqualTo(WatchMessage.Reason.CLOSED);
    }

    @Test
    void aListenerThatFailsEndsItsWatchAndNoOther() {
        Watch failing = store.watch(ALL, message -> {
            throw new IllegalStateException("the listener of this test fails on purpose");
        });
        Watch other = begun(ALL);
        put("a", "1");
        assertThat(events(other, 1)).hasSize(1);
        assertThat(next(failing, WatchMessage.Canceled.class).reason()).isEqualTo(WatchMessage.Reason.CLOSED);
    }

    @Test
    void whatFailsWhenAWatchIsReadyIsNotTheTroubleOfOthers() {
        Watch failing = begun(ALL);
        assertThat(failing.poll()).isEmpty();
        AtomicBoolean armed = new AtomicBoolean();
        failing.onReady(() -> {
            if (armed.get()) {
                throw new IllegalStateException("the callback of this test fails on purpose");
            }
        });
        armed.set(true);
        Watch other = begun(ALL);
        put("a", "1");
        put("a", "2");
        assertThat(events(other, 2)).hasSize(2);
        assertThat(events(failing, 2)).hasSize(2);
    }

    @Test
    void tellsOfProgressOnceAStartInTheFutureIsReached() {
        store.close();
        store = Hightower.open(
                Options.at(directory).withWatch(WatchOptions.defaults().withProgressInterval(Duration.ofMillis(10))));
        Watch watch = begun(WatchRequest.of(key("a")).from(4).withProgress());
        assertThat(watch.poll()).isEmpty();
        put("b", "2");
        put("b", "3");
        put("b", "4");
        assertThat(next(watch, WatchMessage.Progress.class).revision()).isEqualTo(4);
    }

    @Test
    void closingTheStoreEndsWatches() {
        Watch watch = begun(ALL);
        store.close();
        assertThat(next(watch, WatchMessage.Canceled.class).reason()).isEqualTo(WatchMessage.Reason.STORE_CLOSED);
        assertThat(watch.poll()).isEmpty();
        assertThatThrownBy(() -> store.watch(ALL)).isInstanceOf(ReadUnavailableException.class);
    }

    @Test
    void anInstalledStateEndsWatches() throws IOException {
        put("a", "1");
        Watch watch = begun(ALL);
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        try (StateSnapshot snapshot = store.snapshotState()) {
            snapshot.writeTo(exported);
        }
        store.installSnapshot(new ByteArrayInputStream(exported.toByteArray()));
        assertThat(next(watch, WatchMessage.Canceled.class).reason()).isEqualTo(WatchMessage.Reason.STATE_REPLACED);
        Watch again = begun(ALL);
        put("a", "2");
        assertThat(events(again, 1)).hasSize(1);
    }

    @Test
    void anEmptyRangeIsRefused() {
        assertThatThrownBy(() -> WatchRequest.of(KeyRange.of(Bytes.utf8("b"), Bytes.utf8("a"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty range");
    }
}
