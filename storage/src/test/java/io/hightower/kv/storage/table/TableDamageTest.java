package io.hightower.kv.storage.table;

import static io.hightower.kv.storage.table.TableFixture.SMALL_BLOCKS;
import static io.hightower.kv.storage.table.TableFixture.find;
import static io.hightower.kv.storage.table.TableFixture.key;
import static io.hightower.kv.storage.table.TableFixture.numbered;
import static io.hightower.kv.storage.table.TableFixture.open;
import static io.hightower.kv.storage.table.TableFixture.scan;
import static io.hightower.kv.storage.table.TableFixture.scanBackward;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.run.Run;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever happens to the bytes: an answer is right or an exception, and only what is damaged is lost. */
class TableDamageTest {
    private static final Object REFUSED = new Object();

    /** Two small blocks; the versions of one key are in both. */
    private static VersionMap smallTable() {
        VersionMap map = new VersionMap();
        map.add("a", VersionMap.value(500, 0, "newest"));
        map.add("aardvark", VersionMap.tombstone(7, 3));
        for (int i = 0; i < 40; i++) {
            map.add("many", VersionMap.value(400 - 2L * i, 0, "version " + i + " of the same key ".repeat(12)));
        }
        for (int i = 0; i < 6; i++) {
            map.add("z" + i, VersionMap.value(1000 + i, 0, "value"));
        }
        return map;
    }

    private static final class Expected {
        final VersionMap map;
        final List<Object> forward;
        final List<Object> backward;

        Expected(VersionMap map) {
            this.map = map;
            this.forward = scan(map.cursor());
            this.backward = scanBackward(map.cursor());
        }
    }

    /** Runs an operation that may refuse with one of the two exceptions that are for this. */
    private static Object answer(Supplier<Object> operation) {
        try {
            return operation.get();
        } catch (CorruptionException | FormatException e) {
            return REFUSED;
        }
    }

    /** Everything that can be asked of a table; says how many answers were refused. */
    private static int requireNoWrongAnswer(Expected expected, SimulatedDisk disk, TableMeta meta) {
        Object opened = answer(() -> open(disk, meta));
        if (!(opened instanceof Table table)) {
            return 1;
        }
        int refused = 0;
        for (Map.Entry<Bytes, List<StoredVersion>> entry : expected.map.versions.entrySet()) {
            Bytes key = entry.getKey();
            StoredVersion last = entry.getValue().get(entry.getValue().size() - 1);
            refused += requireRightOrRefused(
                    () -> find(table, key), entry.getValue().get(0));
            refused += requireRightOrRefused(() -> table.find(key, key.hash64(), last.main()), last);
            refused += requireRightOrRefused(() -> find(table, key.successor()), null);
        }
        try (VersionCursor cursor = table.cursor(CacheUse.NONE)) {
            refused += requireRightOrRefused(() -> scan(cursor), expected.forward);
            refused += requireRightOrRefused(() -> scanBackward(cursor), expected.backward);
        }
        assertThat(answer(() -> {
                    table.verify();
                    return true;
                }))
                .isSameAs(REFUSED);
        table.release();
        return refused;
    }

    private static int requireRightOrRefused(Supplier<Object> operation, Object right) {
        Object answer = answer(operation);
        if (answer == REFUSED) {
            return 1;
        }
        assertThat(answer).isEqualTo(right);
        return 0;
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void noFlippedByteGivesAWrongAnswer(Compression compression) {
        VersionMap map = smallTable();
        SimulatedDisk disk = SimulatedDisk.empty();
        TableMeta meta = map.write(disk, SMALL_BLOCKS.with(compression));
        Expected expected = new Expected(map);
        for (int at = 0; at < meta.length(); at++) {
            disk.flipBit(meta.fileName(), at, at % Byte.SIZE);
            assertThat(requireNoWrongAnswer(expected, disk, meta))
                    .as("byte %d", at)
                    .isPositive();
            disk.flipBit(meta.fileName(), at, at % Byte.SIZE);
        }
    }

    @Test
    void noShorterFileIsOpened() {
        SimulatedDisk written = SimulatedDisk.empty();
        TableMeta meta = numbered(20, 20).write(written, SMALL_BLOCKS);
        byte[] intact = written.content(meta.fileName());
        for (int length = 0; length < intact.length; length++) {
            SimulatedDisk disk = SimulatedDisk.empty();
            disk.place(meta.fileName(), Arrays.copyOf(intact, length));
            assertThat(answer(() -> open(disk, meta))).as("length %d", length).isSameAs(REFUSED);
            // Also without a manifest that knows the length.
            assertThat(answer(() -> TableDump.readMeta(disk, meta.fileName())))
                    .as("length %d", length)
                    .isSameAs(REFUSED);
        }
    }

    @Test
    void aDamagedBlockIsNamedAndTheOthersStayReadable() {
        VersionMap map = numbered(300, 100);
        SimulatedDisk disk = SimulatedDisk.empty();
        TableMeta meta = map.write(disk, SMALL_BLOCKS);
        Table table = open(disk, meta);
        long offset = table.index().offset(3);
        disk.flipBit(meta.fileName(), offset + 100, 0);

        Set<Long> offsets = new HashSet<>();
        int lost = 0;
        for (int i = 0; i < 300; i++) {
            String key = key(i);
            try {
                assertThat(find(table, key))
                        .isEqualTo(map.versions.get(Bytes.utf8(key)).get(0));
            } catch (CorruptionException e) {
                assertThat(e.file()).isEqualTo(meta.fileName());
                offsets.add(e.offset());
                lost++;
            }
        }
        assertThat(offsets).containsExactly(offset);
        assertThat(lost).isBetween(20, 40);
        assertThatThrownBy(table::verify).isInstanceOf(CorruptionException.class);
        table.release();
    }

    @Test
    void aCursorGoesOnBehindADamagedBlock() {
        VersionMap map = numbered(300, 100);
        SimulatedDisk disk = SimulatedDisk.empty();
        TableMeta meta = map.write(disk, SMALL_BLOCKS);
        Table table = open(disk, meta);
        disk.flipBit(meta.fileName(), table.index().offset(3) + 100, 0);

        try (VersionCursor cursor = table.cursor()) {
            assertThatThrownBy(() -> scan(cursor)).isInstanceOf(CorruptionException.class);
            assertThat(cursor.last()).isTrue();
            assertThat(cursor.key()).isEqualTo(Bytes.utf8(key(299)));
            assertThat(cursor.seek(Bytes.utf8(key(5)))).isTrue();
            assertThat(cursor.key()).isEqualTo(Bytes.utf8(key(5)));
        }
        table.release();
    }

    @Test
    void aBlockInAnotherPlaceIsNotTakenForTheOneAskedFor() {
        SimulatedDisk disk = SimulatedDisk.empty();
        TableMeta meta = numbered(300, 100).write(disk, SMALL_BLOCKS);
        Table table = open(disk, meta);
        byte[] content = disk.content(meta.fileName());
        TableIndex index = table.index();
        int other = 1;
        while (index.length(other) != index.length(0)) {
            other++;
        }
        int from = (int) index.offset(0);
        int to = (int) index.offset(other);
        System.arraycopy(content, from, content, to, index.length(0));
        disk.place(meta.fileName(), content);
        Table misled = open(disk, meta);

        assertThatThrownBy(() -> scan(misled, CacheUse.SCAN))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("offset=" + to);
    }

    @Test
    void aTableOfAnotherStoreOrNumberIsRefused() {
        SimulatedDisk disk = SimulatedDisk.empty();
        TableMeta meta = numbered(10, 10).write(disk, SMALL_BLOCKS);
        TableId other = new TableId(8, VersionMap.ID.originStoreId());
        disk.place(other.fileName(), disk.content(meta.fileName()));
        TableMeta expected = new TableMeta(
                other,
                meta.length(),
                meta.checksum(),
                meta.firstKey(),
                meta.lastKey(),
                meta.minMain(),
                meta.maxMain(),
                meta.keys(),
                meta.versions(),
                meta.tombstones());

        assertThatThrownBy(() -> open(disk, expected)).isInstanceOf(CorruptionException.class);
        assertThatThrownBy(() -> TableDump.readMeta(disk, other.fileName())).isInstanceOf(CorruptionException.class);
    }

    @Test
    void verifyingFindsAnotherChecksumThanTheManifests() {
        SimulatedDisk disk = SimulatedDisk.empty();
        TableMeta meta = numbered(10, 10).write(disk, SMALL_BLOCKS);
        Table table = open(
                disk,
                new TableMeta(
                        meta.id(),
                        meta.length(),
                        meta.checksum() ^ 1,
                        meta.firstKey(),
                        meta.lastKey(),
                        meta.minMain(),
                        meta.maxMain(),
                        meta.keys(),
                        meta.versions(),
                        meta.tombstones()));

        assertThatThrownBy(table::verify)
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("whole file");
    }

    @Test
    void aFailingDiskIsNotTakenForDamage() {
        SimulatedDisk disk = SimulatedDisk.empty();
        Table table = open(disk, numbered(300, 100).write(disk, SMALL_BLOCKS));
        disk.failOnce(OperationKind.READ, 1);
        assertThatThrownBy(() -> find(table, key(5)))
                .isInstanceOf(StorageException.class)
                .isNotInstanceOf(CorruptionException.class);
        disk.shortenRead(1);
        assertThatThrownBy(() -> find(table, key(5)))
                .isInstanceOf(StorageException.class)
                .isNotInstanceOf(CorruptionException.class);

        assertThat(find(table, key(5))).isNotNull();
    }

    @Test
    void aFileThatLostItsEndWhileOpenIsDamage() {
        SimulatedDisk disk = SimulatedDisk.empty();
        TableMeta meta = numbered(300, 100).write(disk, SMALL_BLOCKS);
        Table table = open(disk, meta);
        try (DiskFile file = disk.open(meta.fileName())) {
            file.truncate(5000);
        }

        assertThat(find(table, key(5))).isNotNull();
        assertThatThrownBy(() -> find(table, key(250))).isInstanceOf(CorruptionException.class);
    }

    @Test
    void aDumpNamesTheDamagedBlock() throws IOException {
        SimulatedDisk disk = SimulatedDisk.empty();
        TableMeta meta = numbered(300, 100).write(disk, SMALL_BLOCKS);
        disk.flipBit(meta.fileName(), 5000, 0);
        StringBuilder text = new StringBuilder();

        TableDump.write(disk, meta.fileName(), text);

        assertThat(text)
                .contains("Damaged data")
                .contains("key " + Bytes.utf8(key(0)))
                .contains("key " + Bytes.utf8(key(299)));
    }

    @Test
    void findsNothingNewerThanAskedForBeforeTheOldestRevision() {
        SimulatedDisk disk = SimulatedDisk.empty();
        Table table = open(disk, smallTable().write(disk, SMALL_BLOCKS));
        Bytes many = Bytes.utf8("many");
        assertThat(table.find(many, many.hash64(), 321)).isNull();
        assertThat(table.find(many, many.hash64(), 322).main()).isEqualTo(322);
        assertThat(table.find(many, many.hash64(), Run.NEWEST).main()).isEqualTo(400);
    }
}
