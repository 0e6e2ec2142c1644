package io.hightower.kv.statemachine.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class Crc32cJoinTest {
    @Test
    void isThatOfBothPiecesBehindOneAnother(TestInfo test) {
        SeededRuns.of(test).count(500).checkEach(random -> {
            byte[] whole = new byte[random.nextInt(1 << random.nextInt(1, 17))];
            random.nextBytes(whole);
            int middle = random.nextInt(whole.length + 1);
            int joined = Crc32cJoin.join(
                    crc(whole, 0, middle), crc(whole, middle, whole.length), whole.length - (long) middle);
            assertThat(joined).isEqualTo(crc(whole, 0, whole.length));
        });
    }

    @Test
    void piecesOfManyGigabytesAreNoTrouble() {
        int first = crc(new byte[] {1, 2, 3}, 0, 3);
        byte[] zeros = new byte[1 << 20];
        // Doubling: the joined piece is as long as two before, up to half an exabyte.
        int piece = crc(zeros, 0, zeros.length);
        int oneByOne = first;
        int atOnce = piece;
        long length = zeros.length;
        for (int i = 0; i < 39; i++) {
            oneByOne = Crc32cJoin.join(oneByOne, atOnce, length);
            atOnce = Crc32cJoin.join(atOnce, atOnce, length);
            length *= 2;
        }
        // All pieces behind the first together are one shorter than the last in megabytes.
        int rest = crc(zeros, 0, zeros.length);
        assertThat(Crc32cJoin.join(oneByOne, rest, zeros.length)).isEqualTo(Crc32cJoin.join(first, atOnce, length));
    }

    private static int crc(byte[] bytes, int from, int until) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, until - from);
        return (int) crc.getValue();
    }
}
