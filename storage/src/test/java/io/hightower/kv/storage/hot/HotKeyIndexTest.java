package io.hightower.kv.storage.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class HotKeyIndexTest {
    private static final long LIMIT = 64 << 10;

    private final HotKeyIndex index = new HotKeyIndex(LIMIT);

    private static KeyValue value(Bytes key, long main, int length) {
        return new KeyValue(key, Bytes.wrap(new byte[length]), main, main, 1, main);
    }

    private static Bytes key(int number) {
        return Bytes.utf8("key " + number);
    }

    private KeyValue find(Bytes key, long revision) {
        return index.find(key, key.hash64(), revision);
    }

    private void promoteTwice(KeyValue value, long revision) {
        index.promote(value.key().hash64(), value, revision);
        index.promote(value.key().hash64(), value, revision);
    }

    @Test
    void admitsAKeyAtItsSecondSighting() {
        KeyValue value = value(key(1), 5, 10);
        index.promote(key(1).hash64(), value, 9);
        assertThat(find(key(1), 9)).isNull();
        index.promote(key(1).hash64(), value, 9);
        assertThat(find(key(1), 9)).isEqualTo(value);
        assertThat(index.hits()).isEqualTo(1);
        assertThat(index.misses()).isEqualTo(1);
    }

    @Test
    void answersEveryViewThatShowsTheValueAndNoOther() {
        KeyValue value = value(key(1), 5, 10);
        promoteTwice(value, 9);
        assertThat(find(key(1), 4)).isNull();
        assertThat(find(key(1), 5)).isEqualTo(value);
        assertThat(find(key(1), 100)).isEqualTo(value);
        index.written(key(1).hash64(), 10);
        assertThat(find(key(1), 100)).isNull();
        assertThat(find(key(1), 9)).isNull();
    }

    @Test
    void refusesWhatWasReadBeforeTheLastChange() {
        index.written(key(1).hash64(), 10);
        promoteTwice(value(key(1), 5, 10), 9);
        assertThat(find(key(1), 9)).isNull();
        promoteTwice(value(key(1), 10, 10), 10);
        assertThat(find(key(1), 10)).isNotNull();
    }

    @Test
    void admitsAChangedKeyAgainAtOnce() {
        promoteTwice(value(key(1), 5, 10), 9);
        index.written(key(1).hash64(), 10);
        index.promote(key(1).hash64(), value(key(1), 10, 20), 10);
        assertThat(find(key(1), 10)).isEqualTo(value(key(1), 10, 20));
    }

    @Test
    void readingEverythingOnceDoesNotWashItOut() {
        for (int number = 0; number < 50; number++) {
            promoteTwice(value(key(number), 5, 10), 9);
        }
        for (int number = 0; number < 50; number++) {
            assertThat(find(key(number), 9)).isNotNull();
        }
        for (int number = 1000; number < 21_000; number++) {
            index.promote(key(number).hash64(), value(key(number), 5, 10), 9);
        }
        int kept = 0;
        for (int number = 0; number < 50; number++) {
            kept += find(key(number), 9) == null ? 0 : 1;
        }
        assertThat(kept).isGreaterThan(45);
    }

    @Test
    void keepsNoLongValues() {
        promoteTwice(value(key(1), 5, HotKeyIndex.VALUE_BYTES_MAX), 9);
        promoteTwice(value(key(2), 5, HotKeyIndex.VALUE_BYTES_MAX + 1), 9);
        assertThat(find(key(1), 9)).isNotNull();
        assertThat(find(key(2), 9)).isNull();
    }

    @Test
    void neverTakesMoreThanItsLimitAndKnowsWhatItTakes(TestInfo test) {
        SeededRuns.of(test).count(10).checkEach(random -> {
            HotKeyIndex bounded = new HotKeyIndex(LIMIT);
            long empty = bounded.bytes();
            for (int i = 0; i < 20_000; i++) {
                KeyValue value = value(key(random.nextInt(1000)), 5, random.nextInt(HotKeyIndex.VALUE_BYTES_MAX));
                long hash = value.key().hash64();
                switch (random.nextInt(3)) {
                    case 0 -> bounded.written(hash, i);
                    case 1 -> bounded.find(value.key(), hash, i);
                    default -> {
                        bounded.promote(hash, value, i);
                        bounded.promote(hash, value, i);
                    }
                }
                assertThat(bounded.bytes()).isBetween(empty, LIMIT);
            }
            assertThat(bounded.bytes()).isGreaterThan(LIMIT / 2);
            bounded.clear();
            assertThat(bounded.bytes()).isEqualTo(empty);
        });
    }

    @Test
    void forgetsEverythingButTheStamps() {
        promoteTwice(value(key(1), 5, 10), 9);
        index.written(key(2).hash64(), 10);
        index.clear();
        assertThat(find(key(1), 9)).isNull();
        promoteTwice(value(key(2), 5, 10), 9);
        assertThat(find(key(2), 9)).isNull();
    }

    @Test
    void keepsTheHotKeysOfASkewedLoad() {
        HotKeyIndex small = new HotKeyIndex(256 << 10);
        Map<Integer, Integer> hits = new HashMap<>();
        java.util.SplittableRandom random = new java.util.SplittableRandom(3);
        for (int i = 0; i < 200_000; i++) {
            int number = random.nextInt(2) == 0 ? random.nextInt(200) : 1000 + random.nextInt(100_000);
            Bytes key = key(number);
            if (small.find(key, key.hash64(), 9) == null) {
                small.promote(key.hash64(), value(key, 5, 100), 9);
            } else {
                hits.merge(number < 1000 ? 0 : 1, 1, Integer::sum);
            }
        }
        assertThat(hits.get(0)).isGreaterThan(90_000);
    }

    @Test
    void doesNotConfuseKeysWithEqualHashes() {
        KeyValue value = value(key(1), 5, 10);
        promoteTwice(value, 9);
        assertThat(index.find(key(2), key(1).hash64(), 9)).isNull();
    }

    @Test
    void livesWithoutRoom() {
        for (long limit : List.of(0L, 1L, 100L)) {
            HotKeyIndex none = new HotKeyIndex(limit);
            none.promote(key(1).hash64(), value(key(1), 5, 10), 9);
            none.promote(key(1).hash64(), value(key(1), 5, 10), 9);
            assertThat(none.find(key(1), key(1).hash64(), 9)).isNull();
            none.written(key(1).hash64(), 10);
            assertThat(none.find(key(1), key(1).hash64(), 10)).isNull();
        }
    }
}
