package io.hightower.kv.engine.watch;

import static io.hightower.kv.engine.watch.WatchReading.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.engine.Hightower;
import io.hightower.kv.engine.HistoryRetention;
import io.hightower.kv.engine.Options;
import io.hightower.kv.engine.StorageOptions;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import io.hightower.kv.storage.log.SyncPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches while others write as fast as they can. */
class WatchTrafficTest {
    private static final WatchRequest ALL = WatchRequest.of(KeyRange.all());
    private static final int KEYS = 100;

    @TempDir
    Path directory;

    private final ExecutorService others = Executors.newCachedThreadPool();

    @AfterEach
    void stop() throws InterruptedException {
        others.shutdownNow();
        assertThat(others.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    private Options options() {
        return Options.at(directory)
                .withSync(SyncPolicy.never())
                .withStorage(StorageOptions.defaults().withMemtableBytes(512 << 10));
    }

    private static void put(LocalEngine store, int number) {
        store.put(Bytes.utf8("key " + number % KEYS), Bytes.utf8("value " + number + " " + "x".repeat(number % 300)));
    }

    private CompletableFuture<Void> writing(LocalEngine store, AtomicBoolean enough) {
        return CompletableFuture.runAsync(
                () -> {
                    for (int i = 0; !enough.get(); i++) {
                        put(store, i);
                    }
                },
                others);
    }

    /** Without history: whoever would miss a revision by a hair could not go on, and is canceled instead. */
    @Test
    void aWatchThatBeginsWhileOthersWriteMissesNothing() {
        AtomicBoolean enough = new AtomicBoolean();
        try (LocalEngine store = Hightower.open(options())) {
            CompletableFuture<Void> writer = writing(store, enough);
            for (int i = 0; i < 300; i++) {
                try (Watch watch = store.watch(ALL)) {
                    long expected = next(watch, WatchMessage.Created.class).revision();
                    for (int seen = 0; seen < 5; ) {
                        for (WatchEvent event :
                                next(watch, WatchMessage.Events.class).events()) {
                            assertThat(event.revision()).isEqualTo(++expected);
                            seen++;
                        }
                    }
                }
            }
            enough.set(true);
            writer.join();
        }
    }

    /** Readers of very different speed: the last of them reads everything from history in the end. */
    @Test
    void everyReaderHoweverSlowIsGivenEveryRevisionOnceWithLittleMemory() {
        int count = 30_000;
        WatchOptions little = WatchOptions.defaults().withRecentBytes(64 << 10).withHistoryBytes(64 << 10);
        try (LocalEngine store = Hightower.open(options().withWatch(little).withHistory(HistoryRetention.forever()))) {
            AtomicLong written = new AtomicLong();
            List<CompletableFuture<Long>> readers = new ArrayList<>();
            for (int pace = 1; pace <= 8; pace++) {
                int slowness = pace;
                Watch watch = store.watch(pace % 2 == 0 ? ALL.withPrevious() : ALL);
                readers.add(CompletableFuture.supplyAsync(() -> readAll(watch, count, slowness, written), others));
            }
            Watch stuck = store.watch(ALL);
            for (int i = 0; i < count; i++) {
                put(store, i);
                written.set(i);
            }
            for (CompletableFuture<Long> reader : readers) {
                assertThat(reader.join()).isEqualTo(count + 1L);
            }
            assertThat(readAll(stuck, count, 1, written)).isEqualTo(count + 1L);
        }
    }

    /** Reads until so many revisions came, each following the one before; slow readers let the writer go ahead. */
    private static long readAll(Watch watch, int count, int slowness, AtomicLong written) {
        long last = next(watch, WatchMessage.Created.class).revision();
        while (last < count + 1L) {
            for (WatchEvent event : next(watch, WatchMessage.Events.class).events()) {
                assertThat(event.revision()).isEqualTo(last + 1);
                last++;
            }
            long lead = last + slowness * 1_000L;
            while (slowness > 2 && written.get() < Math.min(lead, count - 1L)) {
                Thread.onSpinWait();
            }
        }
        return last;
    }

    @Test
    void tenThousandWatchersOfOneRangeAreAllToldWithinTheMemoryOfOne() {
        int watchers = 10_000;
        int count = 200;
        try (LocalEngine store = Hightower.open(options())) {
            List<Watch> watches = new ArrayList<>();
            for (int i = 0; i < watchers; i++) {
                watches.add(store.watch(WatchRequest.of(KeyRange.prefix(Bytes.utf8("key")))));
            }
            for (int i = 0; i < count; i++) {
                put(store, i);
            }
            List<WatchEvent> first = WatchReading.events(begun(watches.get(0)), count);
            for (Watch watch : watches.subList(1, watchers)) {
                List<WatchEvent> events = WatchReading.events(begun(watch), count);
                for (int i = 0; i < count; i += 50) {
                    assertThat(events.get(i)).as("one event, shared by all").isSameAs(first.get(i));
                }
            }
        }
    }

    private static Watch begun(Watch watch) {
        next(watch, WatchMessage.Created.class);
        return watch;
    }

    @Test
    void tenThousandWatchersOfDifferentKeysAreToldOfTheirOwn() {
        int watchers = 10_000;
        try (LocalEngine store = Hightower.open(options())) {
            List<Watch> watches = new ArrayList<>();
            for (int i = 0; i < watchers; i++) {
                Bytes key = Bytes.utf8("key " + i);
                // Every second range has a key of its own; the others hold ten, and overlap.
                watches.add(store.watch(WatchRequest.of(
                        i % 2 == 0 ? KeyRange.single(key) : KeyRange.of(key, Bytes.utf8("key " + i + ":")))));
            }
            store.put(Bytes.utf8("key 4321"), Bytes.utf8("1"));
            store.put(Bytes.utf8("key 4322"), Bytes.utf8("1"));
            long last = store.put(Bytes.utf8("elsewhere"), Bytes.utf8("1")).revision();
            List<Integer> told = new ArrayList<>();
            for (int i = 0; i < watchers; i++) {
                Watch watch = begun(watches.get(i));
                watch.requestProgress();
                WatchMessage message = next(watch, WatchMessage.class);
                while (message instanceof WatchMessage.Events) {
                    told.add(i);
                    message = next(watch, WatchMessage.class);
                }
                assertThat(((WatchMessage.Progress) message).revision()).isEqualTo(last);
            }
            assertThat(told).contains(4321, 4322).contains(43, 4321).hasSizeLessThan(20);
        }
    }

    @Test
    void aReaderWhoNeverReadsHoldsUpNobodyAndIsCanceledWhenHistoryIsGone() {
        WatchOptions little = WatchOptions.defaults().withRecentBytes(4 << 10);
        try (LocalEngine store = Hightower.open(options().withWatch(little))) {
            Watch stuck = begun(store.watch(ALL));
            for (int i = 0; i < 20_000; i++) {
                put(store, i);
            }
            store.runCompactionNow();
            Optional<WatchMessage> message = Optional.of(next(stuck, WatchMessage.class));
            while (message.isPresent() && message.get() instanceof WatchMessage.Events) {
                message = Optional.of(next(stuck, WatchMessage.class));
            }
            WatchMessage.Canceled end = (WatchMessage.Canceled) message.orElseThrow();
            assertThat(end.reason()).isEqualTo(WatchMessage.Reason.COMPACTED);
            assertThat(end.restartRevision()).isLessThanOrEqualTo(20_002);
            Watch again = begun(store.watch(ALL.from(end.restartRevision())));
            long next = store.put(Bytes.utf8("next"), Bytes.EMPTY).revision();
            List<WatchEvent> events = new ArrayList<>();
            while (events.isEmpty() || events.get(events.size() - 1).revision() < next) {
                events.addAll(next(again, WatchMessage.Events.class).events());
            }
            assertThat(events.get(0).revision()).isEqualTo(end.restartRevision());
        }
    }
}
