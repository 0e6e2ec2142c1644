package io.hightower.kv.storage.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.random.RandomPrograms;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.HashKv;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.statemachine.state.StateHash;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Replicas on the real store that are fed the same entries and differ in everything else: how much memory they have, when they
 * flush, merge and restart, on which threads they apply and work in the background, in which country they stand.
 */
class ReplicaDeterminismTest {
    private final Locale locale = Locale.getDefault();
    private final TimeZone timeZone = TimeZone.getDefault();

    @AfterEach
    void restoreDefaults() {
        Locale.setDefault(locale);
        TimeZone.setDefault(timeZone);
    }

    @Test
    void replicasHaveEqualHashesAfterEachEntry(TestInfo test) {
        SeededRuns.of(test).count(12).check(random -> new RandomPrograms(random).entries(150), entries -> {
            try (Replica calm = new Replica(
                            "en-US", "UTC", StoreOptions.ofMemory(64 << 20), BackgroundWork::onCallersThread);
                    Replica busy = new Replica(
                            "ar-SA-u-nu-arab", "Pacific/Chatham", StoreFixture.tiny(), BackgroundWork::ownThreads);
                    Replica restless = new Replica(
                            "tr-TR", "America/Caracas", StoreFixture.tiny(), BackgroundWork::onCallersThread)) {
                for (int i = 0; i < entries.size(); i++) {
                    List<Result> expected = calm.apply(entries.get(i));
                    assertThat(busy.applyElsewhere(entries.get(i))).isEqualTo(expected);
                    assertThat(restless.apply(entries.get(i))).isEqualTo(expected);
                    if (i % 7 == 3) {
                        busy.store.checkpoint();
                        restless.restart();
                    }
                    if (i % 31 == 30) {
                        restless.store.compact();
                    }
                    requireEqual(calm, busy, i % 10 == 9);
                    requireEqual(calm, restless, i % 10 == 9);
                }
            }
        });
    }

    private static void requireEqual(Replica one, Replica other, boolean thoroughly) {
        assertThat(other.store.applied()).isEqualTo(one.store.applied());
        assertThat(StateHash.of(other.store.applied())).isEqualTo(StateHash.of(one.store.applied()));
        if (thoroughly) {
            try (StoreView view = one.store.view();
                    StoreView otherView = other.store.view()) {
                StateReading.assertConsistent(view);
                StateReading.assertConsistent(otherView);
                assertThat(HashKv.of(otherView, HashKv.NEWEST)).isEqualTo(HashKv.of(view, HashKv.NEWEST));
            }
        }
    }

    /** A state machine with a store and a disk of its own. */
    private static final class Replica implements AutoCloseable {
        private final SimulatedDisk disk = SimulatedDisk.empty();
        private final Locale locale;
        private final TimeZone timeZone;
        private final StoreOptions options;
        private final Supplier<BackgroundWork> background;
        private LogStructuredStore store;
        private KvState state;

        Replica(String language, String zone, StoreOptions options, Supplier<BackgroundWork> background) {
            this.locale = Locale.forLanguageTag(language);
            this.timeZone = TimeZone.getTimeZone(zone);
            this.options = options.withKeepHistory(true);
            this.background = background;
            this.store = open();
            this.state = new KvState(store);
        }

        private LogStructuredStore open() {
            return LogStructuredStore.open(disk, StoreFixture.STORE_ID, options, background.get());
        }

        List<Result> apply(Entry entry) {
            Locale.setDefault(locale);
            TimeZone.setDefault(timeZone);
            LogPosition next = new LogPosition(1, store.applied().position().index() + 1);
            return state.apply(next, entry);
        }

        /** Applies on another thread than the last time. */
        List<Result> applyElsewhere(Entry entry) {
            List<Result> results = new ArrayList<>();
            CompletableFuture.runAsync(() -> results.addAll(apply(entry)), task -> new Thread(task).start())
                    .join();
            return results;
        }

        void restart() {
            store.checkpoint();
            store.close();
            store = open();
            state = new KvState(store);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
