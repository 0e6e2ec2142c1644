package io.hightower.kv.storage.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The hash index where hashes are bad. */
class HashIndexTest {
    private final Skiplist keys = new Skiplist();
    private final HashIndex index = new HashIndex(keys, 0);

    @Test
    void keysOfEqualHashAreToldApart() {
        List<Integer> nodes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int node = keys.prepare(Bytes.utf8("key" + i));
            index.add(node, 42);
            nodes.add(node);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(index.find(Bytes.utf8("key" + i), 42)).isEqualTo(nodes.get(i));
        }
        assertThat(index.find(Bytes.utf8("other"), 42)).isEqualTo(Arena.NONE);
        assertThat(index.find(Bytes.utf8("key1"), -42)).isEqualTo(Arena.NONE);
    }

    @Test
    void referencesThatNeedMoreBitsFit() {
        List<Bytes> names = new ArrayList<>();
        List<Integer> nodes = new ArrayList<>();
        int longest = 60_000;
        for (int i = 0; i < 1_300; i++) {
            byte[] key = new byte[longest];
            key[i % longest] = 1;
            key[longest - 1] = (byte) (i >>> 8);
            Bytes name = Bytes.wrap(key);
            int node = keys.prepare(name);
            index.add(node, name.hash64());
            if (i % 100 == 0 || i > 1_250) {
                names.add(name);
                nodes.add(node);
            }
        }
        assertThat(nodes.get(nodes.size() - 1) >>> 24).isPositive();
        for (int i = 0; i < names.size(); i++) {
            assertThat(index.find(names.get(i), names.get(i).hash64())).isEqualTo(nodes.get(i));
        }
    }
}
