package io.hightower.kv.storage.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.run.VersionKind;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What writers and readers of history files promise. */
class HistoryFileTest {
    private static final List<Change> CHANGES =
            List.of(Change.value(2, 0, "a"), Change.tombstone(3, 0, "a"), Change.value(3, 1, "b"));

    private final SimulatedDisk disk = SimulatedDisk.empty();

    private static List<Change> many(int count) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String key = "key-" + i;
            changes.add(i % 10 == 9 ? Change.tombstone(2 + i, 0, key) : Change.value(2 + i, 0, key));
        }
        return changes;
    }

    @Test
    void tellsWhatIsInTheFile() {
        HistoryMeta meta = Change.write(disk, 5, ChangeSelection.ALL, CHANGES);

        assertThat(meta.fileName()).isEqualTo("000000000005-01020304.history");
        assertThat(disk.list()).containsExactly(meta.fileName());
        assertThat(meta.length()).isEqualTo(disk.content(meta.fileName()).length);
        assertThat(List.of(meta.firstMain(), meta.lastMain(), meta.values(), meta.tombstones(), meta.completeFrom()))
                .containsExactly(2L, 3L, 2L, 1L, 0L);
    }

    @Test
    void aFileOfTombstonesLeavesOutValuesAndRefusesToAnswerForThem() {
        HistoryMeta meta = Change.write(disk, 5, ChangeSelection.TOMBSTONES, CHANGES);
        try (HistoryFile file = HistoryFile.open(disk, meta)) {
            assertThat(Change.read(file, 0, ChangeSelection.TOMBSTONES)).containsExactly(CHANGES.get(1));
            assertThatThrownBy(() -> file.from(3, ChangeSelection.ALL)).isInstanceOf(IllegalArgumentException.class);
            assertThat(Change.read(file, 4, ChangeSelection.ALL)).isEmpty();
        }
    }

    @Test
    void tombstonesAreReadWithoutReadingValues() {
        List<Change> changes = many(5000);
        HistoryMeta meta = Change.write(disk, 5, ChangeSelection.ALL, changes);
        disk.flipBit(meta.fileName(), HistoryFormat.HEADER_BYTES + 100, 0);
        try (HistoryFile file = HistoryFile.open(disk, meta)) {
            assertThat(Change.read(file, 0, ChangeSelection.TOMBSTONES))
                    .isEqualTo(Change.expected(changes, 0, ChangeSelection.TOMBSTONES));
            assertThatThrownBy(() -> Change.read(file, 0, ChangeSelection.ALL))
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("file=" + meta.fileName() + " offset=40 ");
        }
    }

    @Test
    void theRestStaysReadableWhenABlockIsDamaged() {
        List<Change> changes = many(5000);
        HistoryMeta meta = Change.write(disk, 5, ChangeSelection.ALL, changes);
        disk.flipBit(meta.fileName(), HistoryFormat.HEADER_BYTES + 100, 0);
        try (HistoryFile file = HistoryFile.open(disk, meta)) {
            assertThat(Change.read(file, 4000, ChangeSelection.ALL))
                    .isEqualTo(Change.expected(changes, 4000, ChangeSelection.ALL));
        }
    }

    @Test
    void aCursorDoesNotGoOnBehindDamage() {
        HistoryMeta meta = Change.write(disk, 5, ChangeSelection.ALL, many(5000));
        disk.flipBit(meta.fileName(), HistoryFormat.HEADER_BYTES + 9000, 0);
        try (HistoryFile file = HistoryFile.open(disk, meta);
                ChangeCursor cursor = file.from(0, ChangeSelection.ALL)) {
            assertThatThrownBy(() -> {
                        while (cursor.next()) {
                            assertThat(cursor.main()).isLessThan(2000);
                        }
                    })
                    .isInstanceOf(CorruptionException.class);
        }
    }

    @Test
    void holdsTheLongestKeys() {
        byte[] key = new byte[32 * 1024];
        List<Change> changes = List.of(
                new Change(2, 0, VersionKind.VALUE, Bytes.copyOf(key)),
                new Change(Long.MAX_VALUE, Integer.MAX_VALUE, VersionKind.VALUE, Bytes.copyOf(key)));
        try (HistoryFile file = HistoryFile.open(disk, Change.write(disk, 5, ChangeSelection.ALL, changes))) {
            assertThat(Change.read(file, 0, ChangeSelection.ALL)).isEqualTo(changes);
        }
    }

    @Test
    void leavesNoFileWhenItIsNotFinished() {
        try (HistoryWriter writer = HistoryWriter.create(disk, Change.id(5), ChangeSelection.ALL)) {
            assertThat(writer.isEmpty()).isTrue();
            assertThat(disk.list()).hasSize(1);
        }
        assertThat(disk.list()).isEmpty();
    }

    @Test
    void aMergeOfNothingLeavesNoFile() {
        HistoryMeta meta = Change.write(disk, 5, ChangeSelection.ALL, CHANGES);
        try (HistoryFile file = HistoryFile.open(disk, meta)) {
            assertThat(new HistoryMerge(4, 3).run(disk, Change.id(6), List.of(file), () -> false))
                    .isEmpty();
        }
        assertThat(disk.list()).containsExactly(meta.fileName());
        assertThat(meta.isNeeded(4, 3)).isFalse();
        assertThat(meta.isNeeded(4, 2)).isTrue();
        assertThat(meta.isNeeded(3, 3)).isTrue();
    }

    @Test
    void aMergeRefusesAFileThatLacksWhatIsKept() {
        HistoryMeta meta = Change.write(disk, 5, ChangeSelection.TOMBSTONES, CHANGES);
        try (HistoryFile file = HistoryFile.open(disk, meta)) {
            assertThatThrownBy(() -> new HistoryMerge(3, 0).run(disk, Change.id(6), List.of(file), () -> false))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(disk.list()).containsExactly(meta.fileName());
    }

    @Test
    void leavesNoFileWhenTheDiskIsFullOrFails() {
        disk.capacity(500);
        assertThatThrownBy(() -> Change.write(disk, 5, ChangeSelection.ALL, many(500)))
                .isInstanceOf(DiskFullException.class);
        assertThat(disk.list()).isEmpty();
        disk.capacity(10);
        assertThatThrownBy(() -> Change.write(disk, 5, ChangeSelection.ALL, CHANGES))
                .isInstanceOf(DiskFullException.class);
        assertThat(disk.list()).isEmpty();
        disk.capacity(1 << 20);
        disk.failOnce(OperationKind.SYNC, 1);
        assertThatThrownBy(() -> Change.write(disk, 5, ChangeSelection.ALL, CHANGES))
                .isInstanceOf(StorageException.class);
        assertThat(disk.list()).isEmpty();
    }

    @Test
    void aFinishedFileSurvivesPowerLossOnceItsNameIsSynced() {
        HistoryMeta meta = Change.write(disk, 5, ChangeSelection.ALL, many(2000));
        disk.syncDirectory();
        for (LossPolicy policy : LossPolicy.values()) {
            SimulatedDisk found = disk.reopenAfterPowerLoss(policy, 1);
            try (HistoryFile file = HistoryFile.open(found, meta)) {
                file.verify();
            }
        }
    }

    @Test
    void aReadThatEndsEarlyIsAFailingDiskAndNoEnd() {
        HistoryMeta meta = Change.write(disk, 5, ChangeSelection.ALL, many(2000));
        for (int nth = 1; nth <= 3; nth++) {
            disk.shortenRead(nth);
            assertThatThrownBy(() -> HistoryFile.open(disk, meta)).isInstanceOf(StorageException.class);
        }
        try (HistoryFile file = HistoryFile.open(disk, meta)) {
            disk.shortenRead(1);
            assertThatThrownBy(() -> Change.read(file, 0, ChangeSelection.ALL))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("ends before its length");
            disk.shortenRead(1);
            assertThatThrownBy(file::verify).hasMessageContaining("ends before its length");
        }
    }

    @Test
    void refusesChangesOutOfOrderAndWhatIsNoChange() {
        try (HistoryWriter writer = HistoryWriter.create(disk, Change.id(5), ChangeSelection.ALL)) {
            add(writer, Change.value(4, 1, "a"));
            for (Change refused : List.of(
                    Change.value(4, 1, "b"),
                    Change.value(3, 9, "b"),
                    Change.value(5, 0, ""),
                    Change.value(5, 0, "x".repeat(32 * 1024 + 1)),
                    new Change(5, 0, VersionKind.ERASED, Bytes.utf8("b")))) {
                assertThatThrownBy(() -> add(writer, refused)).isInstanceOf(InvariantViolation.class);
            }
        }
    }

    private static void add(HistoryWriter writer, Change change) {
        ChangeCursor cursor = Change.source(List.of(change)).from(0, ChangeSelection.ALL);
        cursor.next();
        writer.add(cursor);
    }

    @Test
    void sourcesOutOfOrderAreNotJoined() {
        ChangeSource source = Change.source(CHANGES);
        assertThatThrownBy(() -> Change.read(ChangeSequence.of(List.of(source, source)), 0, ChangeSelection.ALL))
                .isInstanceOf(InvariantViolation.class);
    }

    @Test
    void tellsHistoryFilesByTheirNames() {
        assertThat(HistoryId.isFileName(Change.id(HistoryId.NUMBER_MAX).fileName()))
                .isTrue();
        for (String other : List.of(
                "000000000005-01020304.table",
                "00000000005-01020304.history",
                "000000000005-0102030G.history",
                "000000000005-01020304.history.tmp",
                "x000000000005-01020304.history")) {
            assertThat(HistoryId.isFileName(other)).as(other).isFalse();
        }
    }
}
