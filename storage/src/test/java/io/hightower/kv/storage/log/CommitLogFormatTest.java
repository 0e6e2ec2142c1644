package io.hightower.kv.storage.log;

import static io.hightower.kv.storage.log.LogFixture.FIRST_SEGMENT;
import static io.hightower.kv.storage.log.LogFixture.OPTIONS;
import static io.hightower.kv.storage.log.LogFixture.commit;
import static io.hightower.kv.storage.log.LogFixture.entries;
import static io.hightower.kv.storage.log.LogFixture.openEmpty;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.golden.GoldenBytes;
import io.hightower.kv.storage.file.FileHeader;
import io.hightower.kv.storage.file.StoreIdentity;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.HexFormat;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins the bytes on disk. If one of these fails, directories of users would not open any more. */
class CommitLogFormatTest {
    private static byte[] golden(String name) {
        return GoldenBytes.read(CommitLogFormatTest.class, name);
    }

    @Test
    void writesTheSameSegmentAsEver() {
        SimulatedDisk disk = SimulatedDisk.empty();
        String golden = HexFormat.of().formatHex(golden("commit-log"));
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSegmentBytes(256).withBackground(task -> {}));
        commit(log, "alpha");
        commit(log, "beta", "");
        assertThat(HexFormat.of().formatHex(disk.content(FIRST_SEGMENT))).isEqualTo(golden);

        log.close();
        String closed = HexFormat.of().formatHex(disk.content(FIRST_SEGMENT));
        assertThat(golden).as("closing cuts what was not used").startsWith(closed);
        assertThat(golden.substring(closed.length())).matches("(00)+");
    }

    @Test
    void readsTheSameSegmentAsEver() {
        SimulatedDisk disk = SimulatedDisk.empty();
        disk.place(FIRST_SEGMENT, golden("commit-log"));

        assertThat(entries(disk)).containsExactly("1=alpha", "2=beta", "3=");
    }

    @Test
    void writesAndReadsTheSameIdentityAsEver() {
        SimulatedDisk written = SimulatedDisk.empty();
        StoreIdentity.openOrCreate(written, () -> LogModel.STORE_ID);
        assertThat(written.content(StoreIdentity.FILE)).isEqualTo(golden("store"));

        SimulatedDisk found = SimulatedDisk.empty();
        found.place(StoreIdentity.FILE, golden("store"));
        assertThat(StoreIdentity.openOrCreate(found, () -> LogModel.STORE_ID).id())
                .isEqualTo(LogModel.STORE_ID);
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 2})
    void namesEveryOtherFormatVersion(byte version) {
        byte[] segment = golden("commit-log");
        segment[11] = version;
        SimulatedDisk logged = SimulatedDisk.empty();
        logged.place(FIRST_SEGMENT, segment);
        assertThatThrownBy(() -> entries(logged))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("found=format version " + version + " supported=format version 1");

        byte[] identity = golden("store");
        identity[11] = version;
        SimulatedDisk identified = SimulatedDisk.empty();
        identified.place(StoreIdentity.FILE, identity);
        assertThatThrownBy(() -> StoreIdentity.openOrCreate(identified, () -> LogModel.STORE_ID))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("found=format version " + version + " supported=format version 1");
    }

    @Test
    void isDocumented() {
        GoldenBytes.assertShown("commit-log.md", "## Example", golden("commit-log"));
    }

    @Test
    void theIdentityIsDocumented() {
        GoldenBytes.assertShown("directory.md", "## STORE", golden("store"));
    }

    @Test
    void widthsAddUp() {
        assertThat(FileHeader.BYTES).isEqualTo(4 + 4 + 4 + 16);
        assertThat(LogFormat.HEADER_BYTES).isEqualTo(FileHeader.BYTES + 8 + 8 + 4);
        assertThat(LogFormat.RECORD_HEADER_BYTES).isEqualTo(4 + 4 + 4 + 8 + 8);
        assertThat(LogFormat.INDEX_OFFSET + Long.BYTES).isEqualTo(LogFormat.RECORD_HEADER_BYTES);
    }

    @Test
    void fileNamesTellRoles() {
        assertThat(LogFormat.Role.SPARE.fileName(7)).isEqualTo("spare-00000000000000000007.log");
        assertThat(LogFormat.Role.ARCHIVED.fileName(7)).isEqualTo("archive-00000000000000000007.log");
        assertThat(LogFormat.Role.ENTRIES.number(LogFormat.Role.SPARE.fileName(7)))
                .isEmpty();
    }

    @Test
    void fileNamesSortLikeIndexes() {
        assertThat(LogFormat.fileName(42)).isEqualTo("log-00000000000000000042.log");
        assertThat(LogFormat.Role.ENTRIES.number("log-00000000000000000042.log"))
                .isEqualTo(OptionalLong.of(42));
        assertThat(LogFormat.Role.ENTRIES.number(LogFormat.fileName(Long.MAX_VALUE)))
                .isEqualTo(OptionalLong.of(Long.MAX_VALUE));
        for (String other : new String[] {
            "log-0000000000000000042.log",
            "log-00000000000000000000.log",
            "log-99999999999999999999.log",
            "log-0000000000000000004x.log",
            "log-00000000000000000042.log.tmp",
            "snapshot"
        }) {
            assertThat(LogFormat.Role.ENTRIES.number(other)).as(other).isEmpty();
        }
    }
}
