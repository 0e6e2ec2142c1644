package io.hightower.kv.storage.table;

import static io.hightower.kv.storage.table.TableFixture.SMALL_BLOCKS;
import static io.hightower.kv.storage.table.TableFixture.numbered;
import static io.hightower.kv.storage.table.TableFixture.open;
import static io.hightower.kv.storage.table.TableFixture.scan;
import static io.hightower.kv.storage.table.VersionMap.ID;
import static io.hightower.kv.storage.table.VersionMap.erased;
import static io.hightower.kv.storage.table.VersionMap.tombstone;
import static io.hightower.kv.storage.table.VersionMap.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TableWriterTest {
    private final SimulatedDisk disk = SimulatedDisk.empty();

    private void write(StoredVersion... versions) {
        VersionMap map = new VersionMap();
        for (StoredVersion version : versions) {
            map.add("key", version);
        }
        map.write(disk, SMALL_BLOCKS);
    }

    @Test
    void refusesVersionsThatAreNotNewestFirst() {
        assertThatThrownBy(() -> write(value(4, 0, "a"), value(5, 0, "b"))).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> write(value(4, 1, "a"), value(4, 2, "b"))).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> write(value(4, 1, "a"), value(4, 1, "b"))).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> write(tombstone(4, 1), erased(4, 1))).isInstanceOf(InvariantViolation.class);
        assertThat(disk.list()).isEmpty();

        write(erased(4, 1), tombstone(4, 1), value(4, 0, "a"));
    }

    @Test
    void refusesKeysThatDoNotAscend() {
        VersionMap one = new VersionMap().add("b", value(2, 0, "x"));
        VersionMap two = new VersionMap().add("a", value(3, 0, "x"));
        try (TableWriter writer = TableWriter.create(disk, ID, SMALL_BLOCKS)) {
            VersionMap.copy(one.cursor(), writer);
            assertThatThrownBy(() -> VersionMap.copy(two.cursor(), writer)).isInstanceOf(InvariantViolation.class);
            assertThatThrownBy(() -> VersionMap.copy(one.cursor(), writer)).isInstanceOf(InvariantViolation.class);
        }
    }

    @Test
    void refusesToFinishAnEmptyTable() {
        TableWriter writer = TableWriter.create(disk, ID, SMALL_BLOCKS);
        assertThatThrownBy(writer::finish).isInstanceOf(InvariantViolation.class);
        writer.close();
        assertThat(disk.list()).isEmpty();
    }

    @Test
    void whatIsNotFinishedIsDeleted() {
        try (TableWriter writer = TableWriter.create(disk, ID, SMALL_BLOCKS)) {
            VersionMap.copy(numbered(1000, 100).cursor(), writer);
            assertThat(writer.keys()).isEqualTo(1000);
            assertThat(writer.versions()).isEqualTo(1000);
            assertThat(writer.bytes()).isBetween(100_000L, 120_000L);
        }
        assertThat(disk.list()).isEmpty();
    }

    @Test
    void closingAFinishedWriterKeepsTheFile() {
        TableMeta meta = numbered(10, 10).write(disk, SMALL_BLOCKS);
        assertThat(disk.list()).containsExactly(meta.fileName());
    }

    @Test
    void theChecksumIsThatOfTheFile() {
        TableMeta meta = numbered(5000, 100).write(disk, SMALL_BLOCKS);
        CRC32C checksum = new CRC32C();
        checksum.update(disk.content(meta.fileName()));

        assertThat(meta.checksum()).isEqualTo(checksum.getValue());
        assertThat(TableDump.readMeta(disk, meta.fileName())).isEqualTo(meta);
    }

    @Test
    void aFinishedTableSurvivesPowerLoss() {
        VersionMap map = numbered(3000, 200);
        TableMeta meta = map.write(disk, SMALL_BLOCKS);
        disk.syncDirectory();
        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);

        Table table = open(found, meta);
        table.verify();
        assertThat(scan(table, CacheUse.SCAN)).isEqualTo(scan(map.cursor()));
    }

    @Test
    void syncsInSteps() {
        VersionMap map = numbered(9000, 200);
        map.write(disk, new TableOptions(4 << 10, Compression.NONE, 10, 0));
        long atTheEnd = disk.operations();
        SimulatedDisk other = SimulatedDisk.empty();
        map.write(other, new TableOptions(4 << 10, Compression.NONE, 10, 64 << 10));

        assertThat(other.operations()).isGreaterThan(atTheEnd + 4);
    }

    @Test
    void aFullDiskLeavesNothingBehind() {
        disk.capacity(300_000);
        assertThatThrownBy(() -> numbered(5000, 100).write(disk, SMALL_BLOCKS)).isInstanceOf(DiskFullException.class);
        assertThat(disk.list()).isEmpty();
    }

    @Test
    void aFailedSyncFailsTheTable() {
        disk.failOnce(OperationKind.SYNC, 1);
        assertThatThrownBy(() -> numbered(10, 10).write(disk, SMALL_BLOCKS)).isInstanceOf(StorageException.class);
        assertThat(disk.list()).isEmpty();
    }

    @Test
    void refusesANameThatIsTaken() {
        numbered(10, 10).write(disk, SMALL_BLOCKS);
        assertThatThrownBy(() -> TableWriter.create(disk, ID, SMALL_BLOCKS)).isInstanceOf(StorageException.class);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void keepsLargeValuesAndKeys(Compression compression) {
        VersionMap map = new VersionMap();
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 6; i++) {
            byte[] key = new byte[32 << 10];
            random.nextBytes(key);
            byte[] value = new byte[i * 700_000];
            if (i % 2 == 0) {
                random.nextBytes(value);
            }
            for (int version = 0; version < 3; version++) {
                StoredVersion small = value(100 - version, 0, "");
                map.add(
                        Bytes.wrap(key),
                        new StoredVersion(small.kind(), Bytes.wrap(value), small.main(), 0, small.main(), 1, 1));
            }
        }
        Table table = open(disk, map.write(disk, SMALL_BLOCKS.with(compression)));
        table.verify();
        assertThat(scan(table, CacheUse.NONE)).isEqualTo(scan(map.cursor()));
        assertThat(scan(table, CacheUse.LOOKUP)).isEqualTo(scan(map.cursor()));
    }

    @Test
    void versionsOfOneKeyTakeNoMoreThanAFewBytesEach() {
        VersionMap map = new VersionMap();
        for (int i = 0; i < 1000; i++) {
            map.add("a key of twenty-one b", value(5000 - 3 * i, 0, ""));
        }
        TableMeta meta = map.write(disk, TableOptions.defaults());
        assertThat(meta.length() / 1000.0).isLessThan(4.5);
    }

    @Test
    void lz4MakesTextSmallerAndLeavesNoiseAlone() {
        TableMeta plain = numbered(2000, 200).write(disk, SMALL_BLOCKS);
        disk.delete(plain.fileName());
        TableMeta compressed = numbered(2000, 200).write(disk, SMALL_BLOCKS.with(Compression.LZ4));
        assertThat(compressed.length()).isLessThan(plain.length() / 4);

        SplittableRandom random = new SplittableRandom(1);
        VersionMap noise = new VersionMap();
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[300];
            random.nextBytes(bytes);
            StoredVersion version = value(i + 1, 0, "");
            noise.add(
                    TableFixture.key(i),
                    new StoredVersion(version.kind(), Bytes.wrap(bytes), version.main(), 0, version.main(), 1, 1));
        }
        disk.delete(compressed.fileName());
        TableMeta meta = noise.write(disk, SMALL_BLOCKS.with(Compression.LZ4));
        assertThat(disk.content(meta.fileName())[(int) typeOffset(meta)]).isZero();
    }

    private long typeOffset(TableMeta meta) {
        TableIndex index = open(disk, meta).index();
        return index.offset(0) + index.length(0) - TableFormat.BLOCK_TRAILER_BYTES;
    }

    @Test
    void refusesOptionsOutOfRange() {
        assertThatThrownBy(() -> new TableOptions(1 << 10, Compression.NONE, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("blockBytes=1024");
        assertThatThrownBy(() -> new TableOptions(64 << 10, Compression.NONE, 10))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TableOptions(8 << 10, Compression.NONE, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("filterBitsPerKey=3");
        assertThatThrownBy(() -> new TableOptions(8 << 10, Compression.NONE, 10, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("syncStepBytes=5");
    }
}
