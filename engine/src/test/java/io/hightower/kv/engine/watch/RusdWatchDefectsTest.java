package io.hightower.kv.engine.watch;

import static io.hightower.kv.engine.watch.WatchReading.events;
import static io.hightower.kv.engine.watch.WatchReading.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.engine.Hightower;
import io.hightower.kv.engine.HistoryRetention;
import io.hightower.kv.engine.Options;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What rusd gets wrong about history, on the real store. */
class RusdWatchDefectsTest {
    private static final WatchRequest ALL = WatchRequest.of(KeyRange.all());

    private static LocalEngine open(Path directory) {
        return Hightower.open(Options.at(directory).withHistory(HistoryRetention.forever()));
    }

    private static long put(LocalEngine store, int number) {
        return store.put(Bytes.utf8("key"), Bytes.utf8("value " + number)).revision();
    }

    @Test
    void aWatchReplaysHistoryAlsoAfterARestart(@TempDir Path directory) {
        long first;
        try (LocalEngine store = open(directory)) {
            first = put(store, 1);
            put(store, 2);
            store.runCompactionNow();
        }
        try (LocalEngine store = open(directory)) {
            put(store, 3);
            try (Watch watch = store.watch(ALL.from(first))) {
                next(watch, WatchMessage.Created.class);
                assertThat(WatchReading.told(events(watch, 3)))
                        .containsExactly("2 put key=value 1", "3 put key=value 2", "4 put key=value 3");
            }
        }
    }

    @Test
    void noEventIsDroppedHoweverManyWaitForTheReader(@TempDir Path directory) {
        try (LocalEngine store = open(directory);
                Watch watch = store.watch(ALL)) {
            next(watch, WatchMessage.Created.class);
            for (int i = 0; i < 1000; i++) {
                put(store, i);
            }
            assertThat(events(watch, 1000))
                    .extracting(event -> event.revision())
                    .isSorted();
        }
    }

    @Test
    void theHashOfKeysIsThatOfTheRevisionAskedFor(@TempDir Path directory) {
        try (LocalEngine store = open(directory)) {
            long earlier = put(store, 1);
            long hash = store.hashKv(earlier).hash();
            put(store, 2);
            assertThat(store.hashKv(earlier).hash()).isEqualTo(hash);
            assertThat(store.hashKv(0).hash()).isNotEqualTo(hash);
        }
    }
}
