package io.hightower.kv.storage.manifest;

import static io.hightower.kv.storage.manifest.ManifestFixture.CHANGES;
import static io.hightower.kv.storage.manifest.ManifestFixture.EXAMPLE;
import static io.hightower.kv.storage.manifest.ManifestFixture.FLUSHED;
import static io.hightower.kv.storage.manifest.ManifestFixture.LEFT;
import static io.hightower.kv.storage.manifest.ManifestFixture.RELEASED;
import static io.hightower.kv.storage.manifest.ManifestFixture.RIGHT;
import static io.hightower.kv.storage.manifest.ManifestFixture.STORE_ID;
import static io.hightower.kv.storage.manifest.ManifestFixture.applied;
import static io.hightower.kv.storage.manifest.ManifestFixture.table;
import static io.hightower.kv.storage.manifest.ManifestFixture.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a manifest may say, which files it is about, and what becomes of all others. */
class StoreManifestTest {
    private final SimulatedDisk disk = SimulatedDisk.empty();

    private void placeFiles() {
        EXAMPLE.files().forEach((name, length) -> disk.place(name, new byte[Math.toIntExact(length)]));
    }

    private static void assertRefused(ThrowingCallable making) {
        assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesLevelsWhoseTablesOverlapOrStandInTheWrongOrder() {
        with(List.of(List.of(FLUSHED, RIGHT), List.of(LEFT)), List.of());
        assertRefused(() -> with(List.of(List.of(), List.of(RIGHT, LEFT)), List.of()));
        assertRefused(() -> with(List.of(List.of(), List.of(LEFT, FLUSHED)), List.of()));
        assertRefused(() -> with(List.of(List.of(), List.of(LEFT, table(4, "k", "l", 9))), List.of()));
    }

    @Test
    void refusesNumbersUsedTwiceOrNeverGiven() {
        assertRefused(() -> with(List.of(List.of(FLUSHED, FLUSHED)), List.of()));
        assertRefused(() -> with(List.of(List.of(FLUSHED), List.of(table(4, "a", "b", 9))), List.of()));
        assertRefused(() -> with(List.of(List.of(table(5, "a", "b", 9))), List.of(CHANGES)));
        assertRefused(() -> with(List.of(List.of(table(6, "a", "b", 9))), List.of()));
    }

    @Test
    void namesTheFileOfTheSystemRecordsThatItsScalarsCount() {
        assertRefused(() -> new StoreManifest(7, EXAMPLE.applied(), 7, 10, List.of(), List.of(), Optional.empty()));
        StoreManifest manifest = new StoreManifest(7, EXAMPLE.applied(), 7, 10, List.of(), List.of(), EXAMPLE.system());
        assertThat(manifest.files()).containsOnlyKeys("000000000006-01020304.system");
        assertThat(manifest.stateFiles())
                .extracting(StateFiles.StateFile::name)
                .containsExactly("000000000006-01020304.system");
        assertRefused(() -> new StoreManifest(7, EXAMPLE.applied(), 6, 10, List.of(), List.of(), EXAMPLE.system()));
    }

    @Test
    void refusesHistoryOutOfOrderOrIncomplete() {
        assertRefused(() -> with(List.of(), List.of(CHANGES, RELEASED)));
        assertRefused(() -> new StoreManifest(7, applied(31), 6, 9, List.of(), List.of(RELEASED), Optional.empty()));
        assertRefused(() -> new StoreManifest(7, applied(30), 6, 10, List.of(), List.of(CHANGES), Optional.empty()));
        assertRefused(
                () -> new StoreManifest(7, applied(29), 6, 10, List.of(List.of(FLUSHED)), List.of(), Optional.empty()));
        new StoreManifest(7, applied(9), 6, 10, List.of(), List.of(RELEASED), Optional.empty());
        assertRefused(() -> new StoreManifest(7, applied(9), 6, 11, List.of(), List.of(RELEASED), Optional.empty()));
    }

    @Test
    void namesTheFileThatIsMissingOrHasAnotherLength() {
        placeFiles();
        EXAMPLE.requireFiles(disk);
        for (String name : EXAMPLE.files().keySet()) {
            byte[] content = disk.content(name);
            disk.place(name, new byte[content.length - 1]);
            assertThatThrownBy(() -> EXAMPLE.requireFiles(disk))
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("file=" + name);
            disk.delete(name);
            assertThatThrownBy(() -> EXAMPLE.requireFiles(disk))
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("file=" + name)
                    .hasMessageContaining("no file");
            disk.place(name, content);
        }
    }

    @Test
    void tellsAStoreWithoutManifestFromOneThatLostIt() {
        assertThat(ManifestFile.read(disk, STORE_ID)).isEmpty();
        disk.place("STORE", new byte[32]);
        disk.place("MANIFEST.tmp", new byte[3]);
        assertThat(ManifestFile.read(disk, STORE_ID)).isEmpty();
        for (String name : List.of(FLUSHED.fileName(), CHANGES.fileName())) {
            disk.place(name, new byte[1]);
            assertThatThrownBy(() -> ManifestFile.read(disk, STORE_ID))
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("file=MANIFEST")
                    .hasMessageContaining(name);
            disk.delete(name);
        }
    }

    @Test
    void deletesUnreferencedFilesAndNothingElse() {
        placeFiles();
        List<String> foreign = List.of(
                "000000000009-01020304.table.bak",
                "000000000000-01020304.table",
                "00000000009-01020304.table",
                "LOCKED",
                "STORE",
                "STORE.tmp",
                "log-00000000000000000001.log",
                "log-00000000000000000001.log.tmp",
                "notes.txt",
                "snapshot-00000000000000000042.snap",
                "snapshot-42.tmp",
                "table.tmp");
        List<String> orphans = List.of(
                "000000000001-01020304.table",
                "000000000004-01020304.table.tmp",
                "000000000004-ffffffff.table",
                "000000000005-01020304.table",
                "000000000009-01020304.history",
                "000000000009-01020304.history.tmp",
                "MANIFEST.tmp");
        foreign.forEach(name -> disk.place(name, new byte[1]));
        orphans.forEach(name -> disk.place(name, new byte[1]));
        ManifestFile.write(disk, STORE_ID, EXAMPLE);
        disk.place("MANIFEST.tmp", new byte[1]);
        List<String> expected = new ArrayList<>(foreign);
        expected.add("MANIFEST");
        expected.addAll(EXAMPLE.files().keySet());

        assertThat(StoreFiles.deleteUnreferenced(disk, EXAMPLE)).containsExactlyElementsOf(orphans);

        assertThat(disk.list()).containsExactlyInAnyOrderElementsOf(expected);
        EXAMPLE.requireFiles(disk);
    }

    @Test
    void aFullDiskLeavesTheManifestBeforeInForce() {
        ManifestFile.write(disk, STORE_ID, StoreManifest.empty());
        byte[] before = disk.content("MANIFEST");
        for (int room = 0; room < 500; room += 50) {
            disk.capacity(before.length + room);
            assertThatThrownBy(() -> ManifestFile.write(disk, STORE_ID, EXAMPLE))
                    .isInstanceOf(DiskFullException.class);
            assertThat(disk.list()).containsExactly("MANIFEST");
            assertThat(disk.content("MANIFEST")).isEqualTo(before);
        }
        disk.capacity(1 << 20);
        ManifestFile.write(disk, STORE_ID, EXAMPLE);
        assertThat(ManifestFile.read(disk, STORE_ID)).contains(EXAMPLE);
    }

    @Test
    void aFailureBeforeTheRenamingLeavesTheManifestBefore() {
        ManifestFile.write(disk, STORE_ID, StoreManifest.empty());
        for (OperationKind kind : List.of(
                OperationKind.CREATE,
                OperationKind.WRITE,
                OperationKind.SYNC,
                OperationKind.RENAME,
                OperationKind.SYNC_DIRECTORY)) {
            disk.failOnce(kind, 1);
            assertThatThrownBy(() -> ManifestFile.write(disk, STORE_ID, EXAMPLE))
                    .isInstanceOf(StorageException.class);
            assertThat(ManifestFile.read(disk, STORE_ID)).contains(StoreManifest.empty());
        }
    }
}
