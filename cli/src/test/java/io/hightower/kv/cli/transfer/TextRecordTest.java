package io.hightower.kv.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.cli.transfer.TextRecord.Notation;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class TextRecordTest {
    /** Bytes that mean something in the format come up often. */
    private static final byte[] FAVOURITES = {'\t', '\n', '\\', 't', 'n', '\r', 0, (byte) 0xff, 'a'};

    @Test
    void returnsAnyBytesThatWereWritten(TestInfo test) {
        SeededRuns.of(test).count(2_000).checkEach(random -> {
            TextRecord record = new TextRecord(bytes(random, 1), bytes(random, 0));

            Bytes line = written(record, Notation.ESCAPED);

            assertThat(line.at(line.length() - 1)).isEqualTo((byte) '\n');
            assertThat(TextRecord.parse(withoutNewline(line), Notation.ESCAPED)).isEqualTo(record);
            assertThat(withoutNewline(line).toUtf8()).doesNotContain("\n");
        });
    }

    @Test
    void escapesTabNewlineAndAmbiguousBackslash() {
        TextRecord record = new TextRecord(Bytes.utf8("a\tb"), Bytes.utf8("c\nd\\n\\\\e\\\t"));

        assertThat(written(record, Notation.ESCAPED).toUtf8()).isEqualTo("a\\tb\tc\\nd\\\\n\\\\\\e\\\\\\t\n");
    }

    @Test
    void writesFileNameWithBackslashAsItWasRead() {
        Bytes line = Bytes.utf8("system-systemd\\x2dcryptsetup.slice\\\t428 1.5\\");

        TextRecord record = TextRecord.parse(line, Notation.ESCAPED);

        assertThat(record.key()).isEqualTo(Bytes.utf8("system-systemd\\x2dcryptsetup.slice\\"));
        assertThat(withoutNewline(written(record, Notation.ESCAPED))).isEqualTo(line);
    }

    @Test
    void passesInvalidUtf8Through() {
        Bytes line = Bytes.wrap(new byte[] {(byte) 0xc3, (byte) 0x28, '\t', (byte) 0xfe});

        TextRecord record = TextRecord.parse(line, Notation.ESCAPED);

        assertThat(record.key()).isEqualTo(Bytes.wrap(new byte[] {(byte) 0xc3, (byte) 0x28}));
        assertThat(withoutNewline(written(record, Notation.ESCAPED))).isEqualTo(line);
    }

    @Test
    void keepsFurtherTabsInTheValue() {
        assertThat(TextRecord.parse(Bytes.utf8("k\ta\tb"), Notation.ESCAPED).value())
                .isEqualTo(Bytes.utf8("a\tb"));
    }

    @Test
    void takesBackslashesAsTheyAreInRawNotation() {
        TextRecord record = TextRecord.parse(Bytes.utf8("k\\t\tv\\n"), Notation.RAW);

        assertThat(record).isEqualTo(new TextRecord(Bytes.utf8("k\\t"), Bytes.utf8("v\\n")));
        assertThat(written(record, Notation.RAW).toUtf8()).isEqualTo("k\\t\tv\\n\n");
    }

    @Test
    void refusesToWriteRawWhatWouldBeReadDifferently() {
        assertRefusedRaw("k\tey", "v");
        assertRefusedRaw("k\ney", "v");
        assertRefusedRaw("key", "v\n");
        assertThat(written(new TextRecord(Bytes.utf8("k"), Bytes.utf8("a\tb")), Notation.RAW)
                        .toUtf8())
                .isEqualTo("k\ta\tb\n");
    }

    @Test
    void refusesLinesWithoutAUsableKey() {
        assertThatThrownBy(() -> TextRecord.parse(Bytes.utf8("no tab"), Notation.ESCAPED))
                .hasMessage("no tab between key and value");
        assertThatThrownBy(() -> TextRecord.parse(Bytes.utf8("\tvalue"), Notation.ESCAPED))
                .hasMessage("the key is empty");
        assertThatThrownBy(() ->
                        TextRecord.parse(Bytes.utf8("k".repeat(Limits.KEY_BYTES_MAX + 1) + "\tv"), Notation.ESCAPED))
                .hasMessage("the key is too large: bytes=32769 bytesMax=32768");
        assertThat(TextRecord.parse(Bytes.utf8("k".repeat(Limits.KEY_BYTES_MAX) + "\tv"), Notation.ESCAPED)
                        .value())
                .isEqualTo(Bytes.utf8("v"));
    }

    private static void assertRefusedRaw(String key, String value) {
        assertThatThrownBy(() -> written(new TextRecord(Bytes.utf8(key), Bytes.utf8(value)), Notation.RAW))
                .hasMessageContaining("cannot be written raw");
    }

    private static Bytes bytes(RandomGenerator random, int lengthMin) {
        byte[] content = new byte[lengthMin + random.nextInt(12)];
        random.nextBytes(content);
        for (int i = 0; i < content.length; i++) {
            content[i] = random.nextInt(4) > 0 ? FAVOURITES[random.nextInt(FAVOURITES.length)] : content[i];
        }
        return Bytes.wrap(content);
    }

    private static Bytes written(TextRecord record, Notation notation) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try {
            record.writeTo(output, notation);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return Bytes.wrap(output.toByteArray());
    }

    private static Bytes withoutNewline(Bytes line) {
        byte[] bytes = line.toByteArray();
        return Bytes.wrap(Arrays.copyOf(bytes, bytes.length - 1));
    }
}
