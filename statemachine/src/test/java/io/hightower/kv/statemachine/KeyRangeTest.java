package io.hightower.kv.statemachine;

import static io.hightower.kv.statemachine.BytesTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.random.RandomCommands;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class KeyRangeTest {
    @Test
    void holdsItsStartAndNotItsEnd() {
        KeyRange range = KeyRange.of(bytes(1), bytes(3));
        assertThat(range.contains(bytes(0, 0xff))).isFalse();
        assertThat(range.contains(bytes(1))).isTrue();
        assertThat(range.contains(bytes(2, 0xff, 0xff))).isTrue();
        assertThat(range.contains(bytes(3))).isFalse();
    }

    @Test
    void invertedRangeIsLegalAndHoldsNothing() {
        assertEmpty(KeyRange.of(bytes(3), bytes(1)));
        assertEmpty(KeyRange.of(bytes(2), bytes(2)));
        assertEmpty(KeyRange.of(Bytes.EMPTY, Bytes.EMPTY));
    }

    private static void assertEmpty(KeyRange range) {
        assertThat(range.isEmpty()).isTrue();
        assertThat(range.contains(range.from())).isFalse();
        assertThat(RandomCommands.KEYS).noneMatch(range::contains);
    }

    @Test
    void prefixEndsBehindItsLastByteIncremented() {
        assertThat(KeyRange.prefix(bytes(1, 2))).isEqualTo(KeyRange.of(bytes(1, 2), bytes(1, 3)));
        assertThat(KeyRange.prefix(bytes(1, 0x7f))).isEqualTo(KeyRange.of(bytes(1, 0x7f), bytes(1, 0x80)));
    }

    @Test
    void prefixThatEndsIn0xffCutsThoseBytesOff() {
        assertThat(KeyRange.prefix(bytes(1, 0xff))).isEqualTo(KeyRange.of(bytes(1, 0xff), bytes(2)));
        assertThat(KeyRange.prefix(bytes(0xfe, 0xff, 0xff)))
                .isEqualTo(KeyRange.of(bytes(0xfe, 0xff, 0xff), bytes(0xff)));
        assertThat(KeyRange.prefix(bytes(1, 0xff, 1))).isEqualTo(KeyRange.of(bytes(1, 0xff, 1), bytes(1, 0xff, 2)));
    }

    @Test
    void prefixOf0xffBytesOnlyHasNoUpperEnd() {
        assertThat(KeyRange.prefix(bytes(0xff, 0xff))).isEqualTo(KeyRange.startingAt(bytes(0xff, 0xff)));
        assertThat(KeyRange.prefix(Bytes.EMPTY)).isEqualTo(KeyRange.all());
    }

    @Test
    void prefixRangeHoldsExactlyWhatStartsWithIt(TestInfo test) {
        SeededRuns.of(test).count(2_000).checkEach(random -> {
            Bytes prefix = nearTheEnds(random.nextInt(4), random.nextLong());
            Bytes key = nearTheEnds(random.nextInt(6), random.nextLong());
            assertThat(KeyRange.prefix(prefix).contains(key))
                    .as("prefix=%s key=%s", prefix, key)
                    .isEqualTo(key.startsWith(prefix));
        });
    }

    /** Returns bytes out of 00, 01, fe and ff. */
    private static Bytes nearTheEnds(int length, long choice) {
        int[] values = new int[length];
        for (int i = 0; i < length; i++) {
            values[i] = new int[] {0, 1, 0xfe, 0xff}[(int) (choice >>> (2 * i)) & 3];
        }
        return bytes(values);
    }

    @Test
    void singleHoldsItsKeyOnly() {
        KeyRange range = KeyRange.single(bytes(5));
        assertThat(range.contains(bytes(5))).isTrue();
        assertThat(range.contains(bytes(5, 0))).isFalse();
        assertThat(range.contains(bytes(4, 0xff))).isFalse();
        assertThat(range.isEmpty()).isFalse();
    }

    @Test
    void resumesNoEarlierThanItBegins() {
        KeyRange range = KeyRange.of(bytes(2), bytes(5));
        assertThat(range.resumingAt(bytes(1))).isEqualTo(range);
        assertThat(range.resumingAt(bytes(2))).isEqualTo(range);
        assertThat(range.resumingAt(bytes(3))).isEqualTo(KeyRange.of(bytes(3), bytes(5)));
        assertThat(range.resumingAt(bytes(7)).isEmpty()).isTrue();
        assertThat(KeyRange.all().resumingAt(bytes(3))).isEqualTo(KeyRange.startingAt(bytes(3)));
    }

    @Test
    void allHasNoEnds() {
        assertThat(KeyRange.all().from()).isEqualTo(Bytes.EMPTY);
        assertThat(KeyRange.all().until()).isEqualTo(Optional.empty());
        assertThat(RandomCommands.KEYS).allMatch(KeyRange.all()::contains);
        assertThat(KeyRange.all()).hasToString("[, ∞)");
        assertThat(KeyRange.of(bytes(1), bytes(2)))
                .hasToString("[01, 02)")
                .hasSameHashCodeAs(KeyRange.of(bytes(1), bytes(2)));
    }

    @Test
    void knowsWhetherItIsTheRangeOfOneKey() {
        Bytes key = Bytes.utf8("k");
        assertThat(KeyRange.single(key).isSingle()).isTrue();
        assertThat(KeyRange.single(Bytes.wrap(new byte[] {0})).isSingle()).isTrue();
        assertThat(KeyRange.of(key, Bytes.utf8("ka")).isSingle()).isFalse();
        assertThat(KeyRange.of(key, Bytes.wrap(new byte[] {'l', 0})).isSingle()).isFalse();
        assertThat(KeyRange.of(key, key).isSingle()).isFalse();
        assertThat(KeyRange.startingAt(key).isSingle()).isFalse();
        assertThat(KeyRange.prefix(key).isSingle()).isFalse();
    }
}
