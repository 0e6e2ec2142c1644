package io.hightower.kv.statemachine.codec;

import static io.hightower.kv.statemachine.codec.CodecFormatTest.fromHex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Decoders on bytes that nobody wrote: they answer with another value or with one of two exceptions, whatever the bytes are.
 * (Checksums around the bytes find damage; decoders only must not make it worse.)
 */
class DamagedBytesTest {
    private static final long ALLOCATED_BYTES_MAX = 1 << 20;

    private static final List<Function<Bytes, Object>> DECODERS = List.of(
            EntryCodec::decode,
            ResultCodec::decode,
            encoded -> RecordCodec.decodeRecord("test", encoded.toByteArray()),
            encoded -> RecordCodec.decodeApplied("test", encoded.toByteArray()),
            encoded -> RecordCodec.decodeSystem("test", encoded.toByteArray()),
            encoded -> LeaseCodec.decode(1, encoded),
            encoded -> SessionCodec.decode(1, encoded),
            SessionCodec::decodeAnswer);

    @Test
    void examplesCutShortOrWithAFlippedBitAreRefusedOrDifferent() {
        CodecFormatTest.COMMANDS.keySet().forEach(hex -> damage(fromHex(hex), DECODERS.get(0)));
        CodecFormatTest.RESULTS.keySet().forEach(hex -> damage(fromHex(hex), DECODERS.get(1)));
        CodecFormatTest.RECORDS.keySet().forEach(hex -> damage(fromHex(hex), DECODERS.get(2)));
        damage(fromHex(CodecFormatTest.APPLIED_BYTES), DECODERS.get(3));
        TxnFormatTest.COMMANDS.keySet().forEach(hex -> damage(fromHex(hex), DECODERS.get(0)));
        TxnFormatTest.RESULTS.keySet().forEach(hex -> damage(fromHex(hex), DECODERS.get(1)));
        damage(fromHex(TxnFormatTest.RECORD_BYTES), DECODERS.get(2));
        damage(fromHex(TxnFormatTest.SYSTEM_BYTES), DECODERS.get(4));
        damage(fromHex(TxnFormatTest.LEASE_BYTES), DECODERS.get(5));
        SessionFormatTest.COMMANDS.keySet().forEach(hex -> damage(fromHex(hex), DECODERS.get(0)));
        SessionFormatTest.RESULTS.keySet().forEach(hex -> damage(fromHex(hex), DECODERS.get(1)));
        damage(fromHex(SessionFormatTest.SESSION_BYTES), DECODERS.get(6));
        damage(fromHex(SessionFormatTest.ANSWER_BYTES), DECODERS.get(7));
    }

    @Test
    void randomValuesCutShortOrWithAFlippedBitAreRefusedOrDifferent(TestInfo test) {
        SeededRuns.of(test).count(40).checkEach(random -> {
            RandomValues values = new RandomValues(random);
            damage(EntryCodec.encode(values.entry()), DECODERS.get(0));
            damage(ResultCodec.encode(values.results()), DECODERS.get(1));
            damage(Bytes.wrap(RecordCodec.encode(values.keyRecord())), DECODERS.get(2));
            damage(Bytes.wrap(RecordCodec.encode(values.applied())), DECODERS.get(3));
        });
    }

    private static void damage(Bytes encoded, Function<Bytes, Object> decoder) {
        Object original = decoder.apply(encoded);
        for (int length = 0; length < encoded.length(); length++) {
            Bytes cut = Bytes.wrap(Arrays.copyOf(encoded.toByteArray(), length));
            assertThat(decode(decoder, cut)).as("%s", cut).isNotEqualTo(Optional.of(original));
        }
        for (int bit = 0; bit < encoded.length() * 8; bit++) {
            byte[] flipped = encoded.toByteArray();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(decode(decoder, Bytes.wrap(flipped)))
                    .as("bit %s of %s", bit, encoded)
                    .isNotEqualTo(Optional.of(original));
        }
    }

    @Test
    void anyBytesAreRefusedOrDecoded(TestInfo test) {
        SeededRuns.of(test).count(10_000).checkEach(random -> {
            byte[] any = new byte[random.nextInt(40)];
            random.nextBytes(any);
            for (int i = 0; i < any.length; i++) {
                // Small numbers are tags and lengths more often than large ones.
                any[i] &= random.nextInt(3) == 0 ? (byte) 0xff : (byte) 0x1f;
            }
            if (any.length > 0 && random.nextInt(4) > 0) {
                any[0] = EntryCodec.FORMAT_VERSION;
            }
            DECODERS.forEach(decoder -> decode(decoder, Bytes.wrap(any)));
        });
    }

    /** Returns the value, or nothing if the bytes were refused; any other exception passes. */
    private static Optional<Object> decode(Function<Bytes, Object> decoder, Bytes encoded) {
        try {
            return Optional.of(decoder.apply(encoded));
        } catch (CorruptionException | FormatException e) {
            assertThat(e).hasMessageMatching("(Damaged data: file=|Unsupported format: what=).+");
            return Optional.empty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 127, 128, 255})
    void refusesOtherFormatVersions(int version) {
        byte[] entry = fromHex("0108dc0b12021a00").toByteArray();
        byte[] results = fromHex("010a061a0408041005").toByteArray();
        entry[0] = (byte) version;
        results[0] = (byte) version;

        assertThatThrownBy(() -> EntryCodec.decode(Bytes.wrap(entry)))
                .isInstanceOf(FormatException.class)
                .hasMessage("Unsupported format: what=log entry found=format version " + version
                        + " supported=format version 1");
        assertThatThrownBy(() -> ResultCodec.decode(Bytes.wrap(results)))
                .isInstanceOf(FormatException.class)
                .hasMessage("Unsupported format: what=results found=format version " + version
                        + " supported=format version 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0108dc0b12021a001801", // in an entry
                "0108dc0b1203920100", // in a command: kind 14
                "0108dc0b12070a050a016b4001", // in a put
                "0108dc0b120712050a016b1801", // in a delete
                "0108dc0b12041a022001", // in a range delete
                "0108dc0b120922070a050a03ba0100", // in a put in a batch
                "0108dc0b120432022001", // in a transaction
                "0108dc0b1206320412022a00", // in an operation
                "0108dc0b120632040a023801", // in a condition
                "0108dc0b1208320612041a026001", // in a reading
                "0108dc0b12043a021001", // in a compaction
                "0108dc0b12084206080110011801", // in a grant
                "0108dc0b120462020801", // in passed time
                "0108dc0b12096a070a050a016b2001", // in a write of a system record
                "0108dc0b12042a021801", // in a release
            })
    void refusesFieldsThatVersionOneDoesNotHave(String hex) {
        assertThatThrownBy(() -> EntryCodec.decode(fromHex(hex)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("what=log entry found=field");
    }

    @ParameterizedTest
    @CsvSource({
        "'', no bytes",
        "01, An entry needs a command",
        "010801, An entry needs a command",
        "01 1200, no command",
        "01 1204 1a00 1a00, two commands in one",
        "01 1202 2200, A batch needs at least one command",
        "01 1206 2204 0a02 2200, field 4 inside a batch",
        "01 1208 2206 0a04 2a021001, field 5 inside a batch",
        "01 1202 0a00, A key needs at least one byte",
        "01 1210 0a0e 0a016b 18ffffffffffffffffff01, An explicit version must be",
        "01 1202 2a00, countMax >= 1",
        "01 1208 2a06 108080808008, number 2147483648",
        "01 1207 0a05 120176 0a016b, field 1 behind field 2",
        "01 1208 0a06 0a016b 0a016c, field 1 twice",
        "01 12021a00 0801, field 1 behind field 2",
        "01 0801 0801 12021a00, field 1 twice",
        "01 1203 1a00, input",
        "01 1201 1a00, input",
        "01 1301 1a00, wire type 3 in field 2",
        "01 1501 1a00, wire type 5 in field 2",
        "01 08ffffffffffffffffff01 12021a00, logicalTimeMillis=-1",
        "01 12021a00 00, invalid tag",
        "01120432021200, no operation",
        "011208320612041a001a00, two operations in one",
        "01120632040a021805, compare target 5",
        "01120632040a022004, compare operator 4",
        "01120832060a0418032801, either a number or a value",
        "011208320612041a022803, sort direction 3",
        "011208320612041a023005, sort target 5",
        "011208320612041a023803, content 3",
        "011211320f120d1a0b18ffffffffffffffffff01, not negative",
        "011211320f120d1a0b40ffffffffffffffffff01, cannot be negative",
        "01120442021001, cannot have the id 0",
        "01120442020801, time-to-live must be",
        "01120a420808011081b4c4c321, time-to-live must be",
        "0112026a00, at least one record",
        "01120c6a0a0a080a066c656173652f, those of leases and sessions never",
        "01120c6a0a0a030a01610a030a0161, written once",
        "0112126a100a0e0a016118ffffffffffffffffff01, expected revision",
        "0112070a050a016b2802, flag 2",
        "01 12021a00 12, input",
    })
    void refusesEntriesThatNoEncoderWrites(String hex, String found) {
        assertThatThrownBy(() -> EntryCodec.decode(fromHex(hex.replace(" ", ""))))
                .isInstanceOf(CorruptionException.class)
                .hasMessageStartingWith("Damaged data: file=log entry offset=")
                .hasMessageContaining(found);
    }

    @ParameterizedTest
    @CsvSource({
        "'', no bytes",
        "01 0a00, no result",
        "01 0a04 1a00 1a00, two results in one",
        "01 0a02 0a00, no outcome",
        "01 0a04 12021801, no outcome",
        "01 0a04 0a021004, outcome 4",
        "01 0a04 0a021000, outcome 0",
        "01 0a06 12041001 1802, flag 2",
        "01 0a06 2204 1202 2200, field 4 inside the result of a batch",
        "010a026a00, no refusal",
        "010a046a021013, refusal 19",
        "010a080a06100122002200, field 4 twice",
    })
    void refusesResultsThatNoEncoderWrites(String hex, String found) {
        assertThatThrownBy(() -> ResultCodec.decode(fromHex(hex.replace(" ", ""))))
                .isInstanceOf(CorruptionException.class)
                .hasMessageStartingWith("Damaged data: file=results offset=")
                .hasMessageContaining(found);
    }

    @Test
    void lengthOfTwoGigabytesIsRefusedWithoutAllocatingIt() {
        List<String> lengths = List.of("ffffffff07", "ffffffff0f", "8080808008", "ffffffffffffffffff01");
        List<String> places = List.of("12", "12ff0f0a", "12060a040a", "0a", "1a", "0a060a");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (String place : places) {
            for (String length : lengths) {
                DECODERS.forEach(decoder -> decode(decoder, fromHex("01" + place + length + "6b6b6b6b")));
                DECODERS.forEach(decoder -> decode(decoder, fromHex(place + length + "6b6b6b6b")));
            }
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 * ALLOCATED_BYTES_MAX);
    }

    @Test
    void deeplyNestedBatchesAreRefusedBeforeTheStackEnds() {
        byte[] nested = fromHex("1a00").toByteArray();
        for (int depth = 0; depth < 2_000; depth++) {
            nested = concat(0x22, concat(0x0a, nested));
        }
        Bytes entry = versioned(concat(0x12, nested));
        assertThatThrownBy(() -> EntryCodec.decode(entry))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("found=field 4 inside a batch");
    }

    @Test
    void deeplyNestedTransactionsAreRefusedBeforeTheStackEnds() {
        byte[] nested = new byte[0];
        for (int depth = 0; depth < 2_000; depth++) {
            nested = concat(0x12, concat(0x22, nested));
        }
        Bytes entry = versioned(concat(0x12, concat(0x32, nested)));
        assertThatThrownBy(() -> EntryCodec.decode(entry))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("found=a transaction at depth 129");
    }

    @Test
    void deeplyNestedResultsAreRefusedBeforeTheStackEnds() {
        byte[] nested = new byte[0];
        for (int depth = 0; depth < 2_000; depth++) {
            nested = concat(0x3a, concat(0x1a, nested));
        }
        Bytes results = versioned(concat(0x0a, nested));
        assertThatThrownBy(() -> ResultCodec.decode(results))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("found=the result of a transaction at depth 129");
    }

    private static Bytes versioned(byte[] message) {
        byte[] encoded = new byte[1 + message.length];
        encoded[0] = EntryCodec.FORMAT_VERSION;
        System.arraycopy(message, 0, encoded, 1, message.length);
        return Bytes.wrap(encoded);
    }

    /** Returns a field that holds the bytes. */
    private static byte[] concat(int tag, byte[] content) {
        ByteArrayOutputStream field = new ByteArrayOutputStream();
        field.write(tag);
        int length = content.length;
        for (; length > 0x7f; length >>>= 7) {
            field.write((length & 0x7f) | 0x80);
        }
        field.write(length);
        field.writeBytes(content);
        return field.toByteArray();
    }
}
