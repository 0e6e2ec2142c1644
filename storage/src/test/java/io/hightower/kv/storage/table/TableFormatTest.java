package io.hightower.kv.storage.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.golden.GoldenBytes;
import io.hightower.kv.storage.file.FileHeader;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins the bytes on disk. If one of these fails, directories of users would not open any more. */
class TableFormatTest {
    /** Where parts of the example begin. */
    private static final int PROPERTIES = 255;

    private static final int FOOTER = 330;

    private static byte[] golden(Compression compression) {
        return golden(compression == Compression.NONE ? "table" : "table-lz4");
    }

    private static byte[] golden(String name) {
        return GoldenBytes.read(TableFormatTest.class, name);
    }

    private static VersionMap example(Compression compression) {
        VersionMap map = new VersionMap()
                .add("alpha", new StoredVersion(VersionKind.VALUE, Bytes.utf8("two"), 9, 0, 4, 2, 9))
                .add("alpha", VersionMap.value(4, 0, "one"))
                .add("alps", VersionMap.erased(7, 1))
                .add("alps", VersionMap.tombstone(7, 1))
                .add("beta", VersionMap.value(300, 0, ""));
        if (compression == Compression.LZ4) {
            map.add("gamma", VersionMap.value(301, 0, "g".repeat(100)));
        }
        return map;
    }

    private static TableOptions options(Compression compression) {
        return new TableOptions(4 << 10, compression, 10);
    }

    /** Not for LZ4: another release of the library may compress otherwise, which every reader understands. */
    @Test
    void writesTheSameTableAsEver() {
        SimulatedDisk disk = SimulatedDisk.empty();
        TableMeta meta = example(Compression.NONE).write(disk, options(Compression.NONE));

        assertThat(HexFormat.of().formatHex(disk.content(meta.fileName())))
                .isEqualTo(HexFormat.of().formatHex(golden(Compression.NONE)));
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void readsTheSameTableAsEver(Compression compression) {
        SimulatedDisk disk = SimulatedDisk.empty();
        disk.place(VersionMap.ID.fileName(), golden(compression));
        TableMeta meta = TableDump.readMeta(disk, VersionMap.ID.fileName());
        Table table = TableFixture.open(disk, meta);

        assertThat(TableFixture.scan(table, CacheUse.SCAN))
                .isEqualTo(TableFixture.scan(example(compression).cursor()));
        assertThat(meta.keys()).isEqualTo(example(compression).versions.size());
        assertThat(meta.tombstones()).isEqualTo(2);
        table.verify();
        table.release();
    }

    /** A table of its own, so that the one above proves that versions without leases are as before there were any. */
    @Test
    void writesAndReadsLeasesAsEver() throws IOException {
        SimulatedDisk disk = SimulatedDisk.empty();
        VersionMap leased = new VersionMap()
                .add("alpha", new StoredVersion(VersionKind.VALUE, Bytes.utf8("two"), 9, 0, 9, 1, 9, 300));
        TableMeta meta = leased.write(disk, options(Compression.NONE));
        assertThat(HexFormat.of().formatHex(disk.content(meta.fileName())))
                .isEqualTo(HexFormat.of().formatHex(golden("table-lease")));

        StringBuilder text = new StringBuilder();
        TableDump.write(disk, meta.fileName(), text);
        assertThat(text.toString().lines())
                .contains("    9.0 VALUE writeVersion=9 createRevision=9 version=1 lease=300 value=74776f");
        Table table = TableFixture.open(disk, meta);
        assertThat(TableFixture.scan(table, CacheUse.SCAN)).isEqualTo(TableFixture.scan(leased.cursor()));
        table.verify();
        table.release();
    }

    @Test
    void dumpsAsText() throws IOException {
        SimulatedDisk disk = SimulatedDisk.empty();
        disk.place(VersionMap.ID.fileName(), golden(Compression.NONE));
        StringBuilder text = new StringBuilder();

        TableDump.write(disk, VersionMap.ID.fileName(), text);

        assertThat(text.toString().lines())
                .contains("keys=3 versions=5 tombstones=2 revisions=4..300 first=616c706861 last=62657461")
                .contains("  key 616c7073")
                .contains("    7.1 TOMBSTONE writeVersion=7")
                .contains("    9.0 VALUE writeVersion=9 createRevision=4 version=2 value=74776f");
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 2})
    void aTableOfAnotherFormatVersionIsRefused(byte version) {
        byte[] other = golden(Compression.NONE);
        other[11] = version;
        assertThatThrownBy(() -> meta(other))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("found=format version " + version + " supported=format version 1");

        byte[] footer = golden(Compression.NONE);
        footer[FOOTER + 27] = version;
        sign(footer, FOOTER, footer.length);
        assertThatThrownBy(() -> meta(footer))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("found=footer of format version " + version + " supported=format version 1");
    }

    /** With checksums that are right: nobody writes it, and whoever reads version 1 does not pass over it. */
    @Test
    void anythingBehindThePropertiesIsRefused() {
        byte[] golden = golden(Compression.NONE);
        byte[] longer = new byte[golden.length + 1];
        System.arraycopy(golden, 0, longer, 0, FOOTER);
        System.arraycopy(golden, FOOTER, longer, FOOTER + 1, TableFormat.FOOTER_BYTES);
        longer[FOOTER - TableFormat.CHECKSUM_BYTES] = 7;
        sign(longer, PROPERTIES, FOOTER + 1);
        sign(longer, FOOTER + 1, longer.length);
        assertThatThrownBy(() -> meta(longer))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("found=1 more bytes");
    }

    private static TableMeta meta(byte[] content) {
        SimulatedDisk disk = SimulatedDisk.empty();
        disk.place(VersionMap.ID.fileName(), content);
        return TableDump.readMeta(disk, VersionMap.ID.fileName());
    }

    /** Gives a part the checksum that fits its bytes. */
    private static void sign(byte[] content, int from, int until) {
        int covered = until - from - TableFormat.CHECKSUM_BYTES;
        int checksum = new PlaceChecksum(VersionMap.ID).of(from, content, from, covered);
        ByteBuffer.wrap(content).putInt(from + covered, checksum);
    }

    @Test
    void isDocumented() {
        GoldenBytes.assertShown("table.md", "## Example", golden(Compression.NONE));
    }

    @Test
    void widthsAddUp() {
        assertThat(TableFormat.HEADER_BYTES).isEqualTo(FileHeader.BYTES + 8 + 4).isEqualTo(40);
        assertThat(TableFormat.BLOCK_TRAILER_BYTES).isEqualTo(9);
        assertThat(TableFormat.FOOTER_BYTES).isEqualTo(36);
        assertThat(TableFormat.TAIL_BYTES).isEqualTo(18);
        assertThat(TableFormat.RESTART_BYTES).isEqualTo(16);
        assertThat(TableFormat.ROW_MAX_MAIN + Long.BYTES).isEqualTo(TableFormat.ROW_BYTES);
    }

    @Test
    void codesAreWhatTheyWere() {
        assertThat(List.of(Compression.values())).extracting(Compression::code).containsExactly(0, 1);
        assertThat(List.of(VersionKind.values())).extracting(VersionKind::code).containsExactly(0, 1, 2);
    }

    @Test
    void fileNamesSortLikeNumbers() {
        assertThat(VersionMap.ID.fileName()).isEqualTo("000000000007-01020304.table");
        assertThat(TableId.numberIn("000000000007-01020304.table")).isEqualTo(OptionalLong.of(7));
        for (String other : new String[] {
            "000000000000-01020304.table",
            "00000000007-01020304.table",
            "000000000007-0102030g.table",
            "000000000007-01020304.table.tmp",
            "000000000007-01020304.history",
            "log-00000000000000000042.log"
        }) {
            assertThat(TableId.numberIn(other)).as(other).isEmpty();
        }
    }
}
