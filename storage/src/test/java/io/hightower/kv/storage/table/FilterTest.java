package io.hightower.kv.storage.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class FilterTest {
    private static final int KEYS = 100_000;

    private static long hash(int number) {
        return Bytes.utf8("key" + number).hash64();
    }

    private static Filter filter(int bitsPerKey) {
        FilterBuilder builder = new FilterBuilder(bitsPerKey);
        for (int i = 0; i < KEYS; i++) {
            builder.add(hash(i));
        }
        ByteBuffer bits = builder.build();
        assertThat(bits.remaining()).isBetween(KEYS * bitsPerKey / 8, KEYS * bitsPerKey / 8 + Filter.LINE_BYTES);
        return new Filter(bits, builder.probes());
    }

    private static double falseShare(Filter filter) {
        int found = 0;
        for (int i = KEYS; i < 3 * KEYS; i++) {
            found += filter.mayContain(hash(i)) ? 1 : 0;
        }
        return found / (2.0 * KEYS);
    }

    @Test
    void neverDeniesAKey() {
        for (int bits : new int[] {0, 4, 10, 24}) {
            Filter filter = filter(bits);
            for (int i = 0; i < KEYS; i++) {
                assertThat(filter.mayContain(hash(i))).isTrue();
            }
        }
    }

    @Test
    void tenBitsPerKeyLetOneMissingKeyInAHundredThrough() {
        assertThat(falseShare(filter(10))).isBetween(0.005, 0.013);
    }

    @Test
    void moreBitsLetFewerThrough() {
        assertThat(falseShare(filter(4))).isBetween(0.1, 0.2);
        assertThat(falseShare(filter(16))).isLessThan(0.002);
    }

    @Test
    void withoutBitsEverythingMayBeThere() {
        assertThat(falseShare(filter(0))).isEqualTo(1);
    }
}
