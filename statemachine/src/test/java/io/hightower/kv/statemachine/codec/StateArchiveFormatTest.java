package io.hightower.kv.statemachine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.golden.GoldenBytes;
import io.hightower.kv.statemachine.spi.StateFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of state archives, pinned; and what becomes of bytes that are not as they were written. */
class StateArchiveFormatTest {
    /** Where the contents begin in the example. */
    private static final int LIST_BYTES = 83;

    private static byte[] golden() {
        return GoldenBytes.read(StateArchiveFormatTest.class, "state-archive");
    }

    @Test
    void writesTheSameBytesAsEver() throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        long written = StateArchive.write(new Example(), target);

        assertThat(HexFormat.of().formatHex(target.toByteArray()))
                .isEqualTo(HexFormat.of().formatHex(golden()));
        assertThat(written).isEqualTo(target.size());
    }

    @Test
    void readsTheSameBytesAsEver() throws IOException {
        StateArchive.Reader reader = new StateArchive.Reader(new ByteArrayInputStream(golden()));

        assertThat(reader.files()).isEqualTo(new Example().files());
        assertThat(contents(reader)).containsExactly("manifest", "table");
    }

    @Test
    void refusesEveryFlippedBitOfTheList() throws IOException {
        for (int bit = 0; bit < LIST_BYTES * 8; bit++) {
            byte[] damaged = golden();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            boolean saysWhatItIs = bit / 8 < 12;
            assertThatThrownBy(() -> new StateArchive.Reader(new ByteArrayInputStream(damaged)))
                    .as("bit " + bit)
                    .isInstanceOf(saysWhatItIs ? FormatException.class : CorruptionException.class);
        }
    }

    @Test
    void refusesEveryLengthButItsOwn() throws IOException {
        byte[] golden = golden();
        for (int length = 0; length < golden.length; length++) {
            byte[] cut = Arrays.copyOf(golden, length);
            assertThatThrownBy(() -> readAll(cut)).as("length " + length).isInstanceOf(CorruptionException.class);
        }
        byte[] longer = Arrays.copyOf(golden, golden.length + 1);
        assertThatThrownBy(() -> readAll(longer)).isInstanceOf(CorruptionException.class);
        readAll(golden);
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 2})
    void namesEveryOtherFormatVersion(byte version) {
        byte[] other = golden();
        other[11] = version;
        assertThatThrownBy(() -> new StateArchive.Reader(new ByteArrayInputStream(other)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("found=format version " + version + " supported=format version 1");
    }

    @Test
    void isDocumented() {
        GoldenBytes.assertShown("state-archive.md", "## Example", golden());
    }

    private static void readAll(byte[] archive) throws IOException {
        StateArchive.Reader reader = new StateArchive.Reader(new ByteArrayInputStream(archive));
        contents(reader);
        reader.requireEnd();
    }

    private static List<String> contents(StateArchive.Reader reader) throws IOException {
        List<String> contents = new ArrayList<>();
        for (StateFiles.StateFile file : reader.files()) {
            try (InputStream content = reader.open(file, 0)) {
                contents.add(new String(content.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return contents;
    }

    /** Two files with short contents. */
    private static final class Example implements StateFiles {
        @Override
        public List<StateFile> files() {
            return List.of(file("MANIFEST", "manifest"), file("000000000001-01020304.table", "table"));
        }

        private static StateFile file(String name, String content) {
            CRC32C checksum = new CRC32C();
            checksum.update(content.getBytes(StandardCharsets.UTF_8));
            return new StateFile(name, content.length(), (int) checksum.getValue());
        }

        @Override
        public InputStream open(StateFile file, long offset) {
            String content = file.name().equals("MANIFEST") ? "manifest" : "table";
            return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
        }
    }
}
