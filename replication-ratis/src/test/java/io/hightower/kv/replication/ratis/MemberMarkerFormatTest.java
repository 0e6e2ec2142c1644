package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.replication.ratis.membership.MemberRecord;
import io.hightower.kv.replication.ratis.membership.MemberSelf;
import io.hightower.kv.replication.ratis.membership.MemberSelf.Origin;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.api.ClusterId;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemberMarkerFormatTest {
    private static final String GOLDEN = """
            hightower-kv member 1
            cluster=0123456789abcdef
            token=prod
            member=00000000000000a1
            name=m1
            origin=founded
            incarnation=0b8d0a4c-7f51-4c7e-9d2e-0a7f3c1f0001
            stage=started
            peer=00000000000000a1 h1:2380 m1
            peer=f0000000000000a2 h2:2380 m2
            seen=00000000000000a3 0b8d0a4c-7f51-4c7e-9d2e-0a7f3c1f0003
            seen=f0000000000000a2 0b8d0a4c-7f51-4c7e-9d2e-0a7f3c1f0002
            crc32c=8998c42a
            """;

    private static final MemberId M1 = new MemberId(0xa1);
    private static final MemberId M2 = new MemberId(0xf0000000000000a2L);
    private static final MemberId M3 = new MemberId(0xa3);

    private static final MemberSelf SELF = new MemberSelf(
            M1,
            "m1",
            new ClusterId(0x0123456789abcdefL),
            "prod",
            Origin.FOUNDED,
            List.of(
                    MemberRecord.of(M1, "m1", "h1:2380", Kind.VOTER),
                    MemberRecord.of(M2, "m2", "h2:2380", Kind.VOTER)));

    private static final MemberMarker MARKER = new MemberMarker(
            SELF,
            "0b8d0a4c-7f51-4c7e-9d2e-0a7f3c1f0001",
            true,
            new TreeMap<>(
                    Map.of(M2, "0b8d0a4c-7f51-4c7e-9d2e-0a7f3c1f0002", M3, "0b8d0a4c-7f51-4c7e-9d2e-0a7f3c1f0003")));

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
    void keepsAMemberThatJoinedAndPeersWithoutANameYet() {
        MemberSelf joined = new MemberSelf(
                M3,
                "m3",
                SELF.cluster(),
                "prod",
                Origin.JOINED,
                List.of(MemberRecord.of(M3, "", "[::1]:2380", Kind.VOTER)));
        MemberMarker marker = new MemberMarker(joined, "i", false, new TreeMap<>());
        marker.write(directory);
        assertThat(MemberMarker.read(directory)).contains(marker);
    }

    @Test
    void findsNothingInAnEmptyDirectory() {
        assertThat(MemberMarker.read(directory)).isEmpty();
    }

    @Test
    void replacesWhatWasThere() {
        MARKER.write(directory);
        MemberMarker more = MARKER.having(new MemberId(4), "4");
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
        for (String other : List.of("member 0", "member 2")) {
            Files.writeString(file(), GOLDEN.replace("member 1", other));
            assertThatThrownBy(() -> MemberMarker.read(directory))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("hightower-kv " + other);
        }
    }
}
