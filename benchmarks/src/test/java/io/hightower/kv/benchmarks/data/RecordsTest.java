package io.hightower.kv.benchmarks.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class RecordsTest {
    @Test
    void ordersKeysByOrdinalWithMissingKeysBetweenThem() {
        byte[] one = Records.newKey();
        byte[] missing = Records.newKey();
        byte[] next = Records.newKey();
        Records.stored(one, 255);
        Records.missing(missing, 255);
        Records.stored(next, 256);

        assertThat(one).hasSize(16);
        assertThat(Arrays.compareUnsigned(one, missing)).isNegative();
        assertThat(Arrays.compareUnsigned(missing, next)).isNegative();
    }

    @Test
    void repeatsTheFirstHalfOfTheValue() {
        byte[] value = new byte[Records.VALUE_BYTES];
        Records.value(value, 5, new Numbers(0));
        byte[] other = new byte[Records.VALUE_BYTES];
        Records.value(other, 6, new Numbers(0));

        assertThat(Arrays.copyOf(value, 64)).isEqualTo(Arrays.copyOfRange(value, 64, 128));
        assertThat(value).isNotEqualTo(other);
    }

    @Test
    void visitsEveryOrdinalOnceInEachRoundOfShuffledOrder() {
        for (int count : new int[] {1, 2, 3, 10, 999, 1000}) {
            ShuffledOrdinals order = new ShuffledOrdinals(count);
            BitSet seen = new BitSet();
            for (int i = 0; i < count; i++) {
                seen.set((int) order.next());
            }

            assertThat(seen.cardinality()).isEqualTo(count);
            assertThat(seen.length()).isEqualTo(count);
            assertThat(order.next()).isZero();
        }
    }
}
