package io.hightower.kv.replication.ratis.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.StateFiles.StateFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class TransferFormatTest {
    private static final TransferFormat.Manifest MANIFEST = new TransferFormat.Manifest(
            0x0102030405060708L,
            new LogPosition(3, 258),
            List.of(new StateFile("MANIFEST", 5, 0x11223344), new StateFile("a.table", 1L << 32, -1)));

    private static final String BEGUN = "0102030405060708" + "0000000000000003" + "0000000000000102" + "00000002"
            + "0008"
            + "4d414e4946455354" + "0000000000000005" + "11223344" + "0007" + "612e7461626c65" + "0000000100000000"
            + "ffffffff";

    private static String hex(byte[] message) {
        return HexFormat.of().formatHex(message);
    }

    /** Every other length is refused. */
    private static void assertExact(byte[] message, Function<byte[], ?> reading) {
        for (int length = 0; length < message.length; length++) {
            byte[] cut = Arrays.copyOf(message, length);
            assertThatThrownBy(() -> reading.apply(cut)).isInstanceOf(CorruptionException.class);
        }
        byte[] longer = Arrays.copyOf(message, message.length + 1);
        assertThatThrownBy(() -> reading.apply(longer)).isInstanceOf(CorruptionException.class);
    }

    @Test
    void requestsHaveTheseBytes() {
        assertThat(hex(TransferFormat.begin(258))).isEqualTo("0000000000000102");
        assertThat(TransferFormat.readBegin(TransferFormat.begin(258))).isEqualTo(258);
        assertExact(TransferFormat.begin(258), TransferFormat::readBegin);

        TransferFormat.Wanted wanted = new TransferFormat.Wanted(7, 2, 1L << 33);
        assertThat(hex(TransferFormat.read(wanted))).isEqualTo("0000000000000007" + "00000002" + "0000000200000000");
        assertThat(TransferFormat.readRead(TransferFormat.read(wanted))).isEqualTo(wanted);
        assertExact(TransferFormat.read(wanted), TransferFormat::readRead);

        assertThat(hex(TransferFormat.end(7))).isEqualTo("0000000000000007");
        assertThat(TransferFormat.readEnd(TransferFormat.end(7))).isEqualTo(7);
    }

    @Test
    void theListOfFilesHasTheseBytes() {
        assertThat(hex(TransferFormat.begun(MANIFEST))).isEqualTo(BEGUN);
        assertThat(TransferFormat.readBegun(HexFormat.of().parseHex(BEGUN))).isEqualTo(MANIFEST);
        assertExact(TransferFormat.begun(MANIFEST), TransferFormat::readBegun);
    }

    @Test
    void namesThatAreNoPlainNamesAreRefused() {
        for (String name : List.of("../etc", "a/b", ".hidden", "", "a\\b", "x".repeat(256), "a\0")) {
            byte[] message = TransferFormat.begun(
                    new TransferFormat.Manifest(1, new LogPosition(1, 1), List.of(new StateFile(name, 5, 1))));
            assertThatThrownBy(() -> TransferFormat.readBegun(message))
                    .as(name)
                    .isInstanceOf(CorruptionException.class);
        }
        byte[] negative = TransferFormat.begun(
                new TransferFormat.Manifest(1, new LogPosition(1, 1), List.of(new StateFile("a", -1, 1))));
        assertThatThrownBy(() -> TransferFormat.readBegun(negative)).isInstanceOf(CorruptionException.class);
        byte[] many = TransferFormat.begun(MANIFEST);
        ByteBuffer.wrap(many).putInt(24, Integer.MAX_VALUE);
        assertThatThrownBy(() -> TransferFormat.readBegun(many)).isInstanceOf(CorruptionException.class);
    }

    @Test
    void aChunkHasTheseBytesAndRefusesEveryFlippedBit() {
        byte[] content = "123456789 and more".getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = TransferFormat.chunk(content, 9);

        // The check value of CRC-32C.
        assertThat(hex(chunk)).isEqualTo("e3069283" + "313233343536373839");
        byte[] read = new byte[9];
        TransferFormat.readChunk(chunk).get(read);
        assertThat(read).isEqualTo(Arrays.copyOf(content, 9));
        for (int bit = 0; bit < chunk.length * 8; bit++) {
            byte[] damaged = chunk.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> TransferFormat.readChunk(damaged)).isInstanceOf(CorruptionException.class);
        }
        for (int length : new int[] {0, 3, 4, 12}) {
            assertThatThrownBy(() -> TransferFormat.readChunk(Arrays.copyOf(chunk, length)))
                    .isInstanceOf(CorruptionException.class);
        }
    }
}
