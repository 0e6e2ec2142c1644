package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemberMarkerFormatTest {
    private static final String GOLDEN = """
            hightower-kv member 0
            cluster=prod
            member=m1
            incarnation=0b8d0a4c-7f51-4c7e-9d2e-0a7f3c1f0001
            stage=started
            seen=m2 0b8d0a4c-7f51-4c7e-9d2e-0a7f3c1f0002
            seen=m3 0b8d0a4c-7f51-4c7e-9d2e-0a7f3c1f0003
            crc32c=aeb61314
            """;

    private static final MemberMarker MARKER = new MemberMarker(
            "prod",
            "m1",
            "0b8d0a4c-7f51-4c7e-9d2e-0a7f3c1f0001",
            true,
            new TreeMap<>(Map.of(
                    "m2", "0b8d0a4c-7f51-4c7e-9d2e-0a7f3c1f0002", "m3", "0b8d0a4c-7f51-4c7e-9d2e-0a7f3c1f0003")));

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve(MemberMarker.FILE);
    }

    @Test
    void writesAndReadsTheGoldenFile() throws IOException {
        MARKER.write(directory);

        assertThat(Files.readString(file())).isEqualTo(GOLDEN);
        assertThat(MemberMarker.read(directory)).contains(MARKER);
    }

    @Test
    void findsNothingInAnEmptyDirectory() {
        assertThat(MemberMarker.read(directory)).isEmpty();
    }

    @Test
    void replacesWhatWasThere() {
        MARKER.write(directory);
        MemberMarker more = MARKER.having("m4", "4");
        more.write(directory);
        assertThat(MemberMarker.read(directory)).contains(more);
    }

    @Test
    void refusesEveryFlippedByteAndEveryShorterFile() throws IOException {
        MARKER.write(directory);
        byte[] intact = Files.readAllBytes(file());
        for (int i = 0; i < intact.length; i++) {
            byte[] flipped = intact.clone();
            flipped[i] ^= 1;
            assertDamageIsFound(flipped, "flipped byte " + i);
            assertDamageIsFound(Arrays.copyOf(intact, i), "cut to " + i);
        }
    }

    private void assertDamageIsFound(byte[] content, String what) throws IOException {
        Files.write(file(), content);
        assertThatThrownBy(() -> MemberMarker.read(directory))
                .as(what)
                .isInstanceOfAny(CorruptionException.class, FormatException.class);
    }

    @Test
    void refusesAnotherFormatVersionByName() throws IOException {
        Files.writeString(file(), GOLDEN.replace("member 0", "member 1"));
        assertThatThrownBy(() -> MemberMarker.read(directory))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("hightower-kv member 1");
    }
}
