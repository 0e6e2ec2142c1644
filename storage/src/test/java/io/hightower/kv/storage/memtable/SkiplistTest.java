package io.hightower.kv.storage.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What no answer shows, only the time it takes: that the upper levels of the list are short and in order. */
class SkiplistTest {
    @Test
    void everyLevelAscendsAndIsAboutAQuarterOfTheOneBelow() {
        SplittableRandom random = new SplittableRandom(1);
        Skiplist list = new Skiplist();
        for (int i = 0; i < 40_000; i++) {
            long number = random.nextInt(2) == 0 ? (1L << 40) + i : random.nextLong(1L << 40);
            list.link(list.prepare(Bytes.utf8(String.format("%016d%d", number, i))));
        }
        assertThat(list.size()).isEqualTo(40_000);
        assertThat(list.levels()).isBetween(6, 12);
        int below = 4 * list.size();
        for (int level = 0; level < 6; level++) {
            int length = lengthOf(list, level);
            assertThat(length).isBetween(below / 6, below / 3);
            below = length;
        }
    }

    private static int lengthOf(Skiplist list, int level) {
        int length = 0;
        Bytes before = Bytes.EMPTY;
        for (int node = list.next(list.head(), level); node != Arena.NONE; node = list.next(node, level)) {
            Bytes key = Bytes.copyOf(list.keyArray(node), Skiplist.keyOffset(node), list.keyLength(node));
            assertThat(before.compareTo(key)).isNegative();
            before = key;
            length++;
        }
        return length;
    }
}
