package io.hightower.kv.statemachine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class EtcdKeyValueTest {
    @Test
    void aValueHasAllFieldsInOrder() {
        KeyRecord record = new KeyRecord(
                Bytes.utf8("key"), true, Bytes.utf8("v"), 2, new Revision(300, 1), 3, 99, 0x1234_5678_9abcL);
        assertThat(encoded(record))
                .isEqualTo("0a036b6579" + "1002" + "18ac02" + "2003" + "2a0176" + "30bcb5e2b3c5c604");
    }

    @Test
    void whatIsZeroOrEmptyIsLeftOut() {
        KeyRecord record = new KeyRecord(Bytes.utf8("k"), true, Bytes.EMPTY, 2, new Revision(2, 0), 1, 2);
        assertThat(encoded(record)).isEqualTo("0a016b" + "1002" + "1802" + "2001");
    }

    @Test
    void aNegativeLeaseTakesTenBytes() {
        KeyRecord record = new KeyRecord(Bytes.utf8("k"), true, Bytes.EMPTY, 2, new Revision(2, 0), 1, 2, -7);
        assertThat(encoded(record)).endsWith("2001" + "30f9ffffffffffffffff01");
    }

    @Test
    void aTombstoneHasItsKeyAlone() {
        assertThat(encoded(KeyRecord.tombstone(Bytes.utf8("k"), new Revision(7, 2), 9)))
                .isEqualTo("0a016b");
    }

    private static String encoded(KeyRecord record) {
        return HexFormat.of().formatHex(EtcdKeyValue.encode(record));
    }
}
