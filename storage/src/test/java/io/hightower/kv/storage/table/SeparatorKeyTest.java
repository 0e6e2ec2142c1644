package io.hightower.kv.storage.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.random.SeededRuns;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class SeparatorKeyTest {
    private static Bytes between(Bytes last, Bytes next) {
        SeparatorKey separator = new SeparatorKey();
        byte[] padded = (" " + new String(next.toByteArray(), java.nio.charset.StandardCharsets.ISO_8859_1) + " ")
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        separator.setBetween(last.toByteArray(), last.length(), padded, 1, next.length());
        return Bytes.copyOf(separator.array(), 0, separator.length());
    }

    private static String between(String last, String next) {
        return between(Bytes.utf8(last), Bytes.utf8(next)).toUtf8();
    }

    @Test
    void isAsShortAsCanBe() {
        assertThat(between("apple", "banana")).isEqualTo("b");
        assertThat(between("user:100:zzz", "user:101:aaa")).isEqualTo("user:101");
        assertThat(between("abc", "abe")).isEqualTo("abd");
        assertThat(between("abc", "abd")).isEqualTo("abc");
        assertThat(between("abc", "abcd")).isEqualTo("abc");
    }

    @Test
    void isNeverBeforeTheLastNorAtTheNext(TestInfo test) {
        SeededRuns.of(test).count(2000).checkEach(random -> {
            byte[] one = new byte[1 + random.nextInt(4)];
            byte[] two = new byte[1 + random.nextInt(4)];
            for (int i = 0; i < 4; i++) {
                one[i % one.length] = (byte) (random.nextInt(4) * 85);
                two[i % two.length] = (byte) (random.nextInt(4) * 85);
            }
            Bytes last = Bytes.wrap(one);
            Bytes next = Bytes.wrap(two);
            if (last.compareTo(next) < 0) {
                Bytes separator = between(last, next);
                assertThat(separator).isGreaterThanOrEqualTo(last).isLessThan(next);
                assertThat(separator.length()).isLessThanOrEqualTo(Math.max(last.length(), next.length()));
            }
        });
    }
}
