package io.hightower.kv.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.storage.file.FileDisk;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshot files: checkpoint, open, stage and install, and what they do when the disk fails. */
class SnapshotTest {
    private final SimulatedDisk disk = SimulatedDisk.empty();

    @Test
    void survivesARestartOnARealDisk(@TempDir Path directory) {
        StoreDriver before = StoreDriver.open(FileDisk.open(directory));
        for (int i = 0; i < 3000; i++) {
            before.put("key" + i, "value".repeat(i % 40));
        }
        before.apply(Command.put(Bytes.utf8("large"), Bytes.wrap(new byte[1536 * 1024])));
        before.delete("key7");
        before.store.checkpoint();
        StoreDriver.State state = before.state();
        before.store.close();

        StoreDriver after = StoreDriver.open(FileDisk.open(directory));

        assertThat(after.state()).isEqualTo(state);
        assertThat(after.store.memoryBytes()).isGreaterThan(1536 * 1024);
        assertThat(directory).isDirectoryContaining(path -> path.endsWith("snapshot-00000000000000003002.snap"));
    }

    @Test
    void namesTheFileByTheLogIndexAndDeletesTheOneBefore() {
        StoreDriver driver = StoreDriver.open(disk).put("a", "1");
        driver.store.checkpoint();
        assertThat(disk.list()).containsExactly("snapshot-00000000000000000001.snap");
        driver.put("a", "2");
        driver.store.checkpoint();
        assertThat(disk.list()).containsExactly("snapshot-00000000000000000002.snap");
    }

    @Test
    void doesNothingWhenNothingWasPublishedSinceTheLastCheckpoint() {
        StoreDriver driver = StoreDriver.open(disk);
        assertThat(driver.store.checkpoint()).isEqualTo(LogPosition.START);
        assertThat(disk.operations()).isZero();
        driver.put("a", "1");
        driver.store.checkpoint();
        long operations = disk.operations();

        assertThat(driver.store.checkpoint()).isEqualTo(new LogPosition(3, 1));

        assertThat(disk.operations()).isEqualTo(operations);
        StoreDriver reopened = StoreDriver.open(disk);
        operations = disk.operations();
        reopened.store.checkpoint();
        assertThat(disk.operations()).isEqualTo(operations);
    }

    @Test
    void deletesLeftoversAndOlderSnapshotsAtOpening() {
        StoreDriver.open(disk).put("a", "1").store.checkpoint();
        byte[] older = disk.content(SnapshotFormat.fileName(1));
        StoreDriver.open(disk).put("a", "2").store.checkpoint();
        disk.place(SnapshotFormat.fileName(1), older);
        disk.place("snapshot-3.tmp", new byte[] {1});
        disk.place("snapshot-staged-1.tmp", new byte[0]);
        disk.place("log-1", new byte[] {2});
        disk.place("snapshot-000.snap", new byte[] {3});

        assertThat(StoreDriver.open(disk).value("a")).isEqualTo("2");

        assertThat(disk.list()).containsExactly("log-1", "snapshot-000.snap", SnapshotFormat.fileName(2));
    }

    @Test
    void neverFallsBackToAnOlderSnapshot() {
        StoreDriver.open(disk).put("a", "1").store.checkpoint();
        byte[] older = disk.content(SnapshotFormat.fileName(1));
        StoreDriver.open(disk).put("a", "2").store.checkpoint();
        disk.place(SnapshotFormat.fileName(1), older);
        disk.flipBit(SnapshotFormat.fileName(2), 60, 0);
        String before = disk.fingerprint();

        assertThatThrownBy(() -> StoreDriver.open(disk))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("file=snapshot-00000000000000000002.snap offset=48");
        assertThat(disk.fingerprint()).isEqualTo(before);
    }

    @Test
    void refusesTheSnapshotOfAnotherStoreOrUnderAnotherName() {
        StoreDriver.open(disk).put("a", "1").store.checkpoint();
        assertThatThrownBy(() -> MemoryStateStore.open(disk, MemoryStoreOptions.of(new UUID(1, 2))))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("offset=12 expected=store 00000000-0000-0001");

        disk.rename(SnapshotFormat.fileName(1), SnapshotFormat.fileName(4));
        assertThatThrownBy(() -> StoreDriver.open(disk))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("expected=index 4 found=index 1");
    }

    @Test
    void installsTheSnapshotOfAnotherStoreAsItsOwn() throws Exception {
        MemoryStateStore other = MemoryStateStore.open(SimulatedDisk.empty(), MemoryStoreOptions.of(new UUID(7, 7)));
        StoreDriver source = new StoreDriver(other).put("a", "1").put("b", "2").delete("b");
        StoreDriver driver = StoreDriver.open(disk).put("z", "9");
        driver.store.checkpoint();

        try (StateStore.Staged staged = driver.store.stage(new ByteArrayInputStream(source.export()))) {
            assertThat(disk.list()).hasSize(2);
            staged.install(new LogPosition(5, 1));
            assertThatThrownBy(() -> staged.install(new LogPosition(5, 2))).isInstanceOf(IllegalStateException.class);
        }

        StoreDriver.State expected = source.state().at(new LogPosition(5, 1));
        assertThat(driver.state()).isEqualTo(expected);
        assertThat(disk.list()).containsExactly(SnapshotFormat.fileName(1));
        assertThat(StoreDriver.open(disk).state()).isEqualTo(expected);
    }

    @Test
    void refusesToInstallBeforeWhatIsDurable() throws Exception {
        StoreDriver driver = StoreDriver.open(disk).put("a", "1").put("a", "2");
        driver.store.checkpoint();
        StoreDriver.State before = driver.state();

        try (StateStore.Staged staged = driver.store.stage(new ByteArrayInputStream(driver.export()))) {
            assertThatThrownBy(() -> staged.install(new LogPosition(9, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("position=(t:9, i:1) durable=(t:3, i:2)");
        }

        assertThat(driver.state()).isEqualTo(before);
        assertThat(disk.list()).containsExactly(SnapshotFormat.fileName(2));
    }

    @Test
    void aFailedInstallLeavesTheLiveStateAlone() throws Exception {
        byte[] exported = StoreDriver.open(SimulatedDisk.empty()).put("x", "y").export();
        for (OperationKind kind : List.of(OperationKind.WRITE, OperationKind.RENAME)) {
            StoreDriver driver = StoreDriver.open(disk).put("a", kind.name());
            driver.store.checkpoint();
            StoreDriver.State before = driver.state();
            LogPosition position =
                    new LogPosition(4, before.applied().position().index() + 1);
            try (StateStore.Staged staged = driver.store.stage(new ByteArrayInputStream(exported))) {
                disk.failOnce(kind, 1);
                assertThatThrownBy(() -> staged.install(position)).isInstanceOf(StorageException.class);
                assertThat(driver.state()).isEqualTo(before);
                assertThat(driver.store.durable()).isEqualTo(before.applied().position());

                staged.install(position);
            }
            assertThat(driver.value("x")).isEqualTo("y");
            assertThat(StoreDriver.open(disk).state()).isEqualTo(driver.state());
        }
    }

    @Test
    void stagedSnapshotGoesWhenItIsClosedOrDamaged() throws Exception {
        StoreDriver driver = StoreDriver.open(disk).put("a", "1");
        byte[] exported = driver.export();
        StateStore.Staged first = driver.store.stage(new ByteArrayInputStream(exported));
        StateStore.Staged second = driver.store.stage(new ByteArrayInputStream(exported));
        assertThat(disk.list()).hasSize(2);
        first.close();
        first.close();
        second.close();
        assertThat(disk.list()).isEmpty();

        exported[70] ^= 1;
        assertThatThrownBy(() -> driver.store.stage(new ByteArrayInputStream(exported)))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("file=snapshot stream");
        assertThat(disk.list()).isEmpty();
    }

    @Test
    void aFullDiskLeavesTheOldSnapshotInForceUntilThereIsSpace() {
        StoreDriver driver = StoreDriver.open(disk).put("a", "1");
        LogPosition durable = driver.store.checkpoint();
        driver.apply(Command.put(Bytes.utf8("large"), Bytes.wrap(new byte[400_000])));
        disk.capacity(300_000);

        assertThatThrownBy(driver.store::checkpoint).isInstanceOf(DiskFullException.class);
        assertThat(driver.store.durable()).isEqualTo(durable);
        assertThat(disk.list()).containsExactly(SnapshotFormat.fileName(1));
        assertThat(StoreDriver.open(disk).value("a")).isEqualTo("1");

        disk.capacity(1_000_000);
        assertThat(driver.store.checkpoint()).isEqualTo(new LogPosition(3, 2));
        assertThat(StoreDriver.open(disk).state()).isEqualTo(driver.state());
    }

    @Test
    void aFailedWriteCanBeTriedAgain() {
        for (OperationKind kind :
                new OperationKind[] {OperationKind.CREATE, OperationKind.WRITE, OperationKind.RENAME}) {
            StoreDriver driver = StoreDriver.open(disk).put("a", kind.name());
            LogPosition durable = driver.store.durable();
            disk.failOnce(kind, 1);

            assertThatThrownBy(driver.store::checkpoint).isInstanceOf(StorageException.class);
            assertThat(driver.store.durable()).isEqualTo(durable);
            assertThat(disk.list()).noneMatch(SnapshotFormat::isTemporaryName);

            driver.store.checkpoint();
            assertThat(StoreDriver.open(disk).value("a")).isEqualTo(kind.name());
        }
    }

    @Test
    void aFailedSyncIsFinal() {
        for (OperationKind kind : new OperationKind[] {OperationKind.SYNC, OperationKind.SYNC_DIRECTORY}) {
            StoreDriver driver = StoreDriver.open(disk).put("a", kind.name());
            LogPosition durable = driver.store.durable();
            disk.failOnce(kind, 1);
            assertThatThrownBy(driver.store::checkpoint).hasMessageContaining("simulated fault");

            assertThatThrownBy(driver.store::checkpoint)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("after a failed sync")
                    .cause()
                    .hasMessageContaining("simulated fault");
            assertThatThrownBy(() -> driver.store.stage(new ByteArrayInputStream(driver.export())))
                    .isInstanceOf(StorageException.class);
            assertThat(driver.store.durable()).isEqualTo(durable);

            StoreDriver reopened = StoreDriver.open(disk).put("b", "1");
            assertThat(reopened.store.checkpoint())
                    .isEqualTo(reopened.store.applied().position());
        }
    }

    @Test
    void aSnapshotThatCannotBeDeletedGoesWithTheNextCheckpoint() {
        StoreDriver driver = StoreDriver.open(disk).put("a", "1");
        driver.store.checkpoint();
        driver.put("a", "2");
        disk.failOnce(OperationKind.DELETE, 1);
        assertThat(driver.store.checkpoint()).isEqualTo(new LogPosition(3, 2));
        assertThat(disk.list()).hasSize(2);

        driver.put("a", "3");
        driver.store.checkpoint();

        assertThat(disk.list()).containsExactly(SnapshotFormat.fileName(3));
    }

    @Test
    void refusesToWriteASnapshotThatNobodyCouldRead() {
        StoreDriver driver = StoreDriver.open(disk).put("a", "1");
        driver.store.checkpoint();
        StateStore.Edit edit = driver.store.edit();
        edit.write(KeyRecord.tombstone(Bytes.utf8("b"), new Revision(3, 0), 3));
        edit.publish(driver.store.applied().at(new LogPosition(3, 2)));

        assertThatThrownBy(driver.store::checkpoint)
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("tombstones=1");

        assertThat(disk.list()).containsExactly(SnapshotFormat.fileName(1));
        assertThat(StoreDriver.open(disk).value("a")).isEqualTo("1");
    }

    @Test
    void closedStoreLeavesStagedFilesToTheNextOpening() throws Exception {
        StoreDriver driver = StoreDriver.open(disk).put("a", "1");
        StateStore.Staged staged = driver.store.stage(new ByteArrayInputStream(driver.export()));
        driver.store.close();
        assertThatThrownBy(() -> staged.install(new LogPosition(3, 9))).isInstanceOf(IllegalStateException.class);
        staged.close();
        assertThat(disk.list()).hasSize(1);
        StoreDriver.open(disk);
        assertThat(disk.list()).isEmpty();
    }

    @Test
    void countsWhatItDoes() {
        CountingMetrics metrics = new CountingMetrics();
        StoreDriver driver =
                new StoreDriver(MemoryStateStore.open(disk, new MemoryStoreOptions(StoreDriver.STORE_ID, metrics)));
        driver.put("a", "1").put("b", "1").delete("b");
        driver.store.checkpoint();
        driver.store.checkpoint();
        MemoryStateStore.open(disk, new MemoryStoreOptions(StoreDriver.STORE_ID, metrics));

        assertThat(metrics.stopped("store.checkpoint")).isEqualTo(1);
        assertThat(metrics.stopped("store.load")).isEqualTo(1);
        assertThat(metrics.count("store.checkpoint.bytes")).isEqualTo(disk.content(SnapshotFormat.fileName(3)).length);
        assertThat(metrics.gauge("store.keys")).isEqualTo(1);
        assertThat(metrics.gauge("store.memory.bytes")).isEqualTo(driver.store.memoryBytes());
    }

    @Test
    void saysThatAnotherFormatIsNotDamage() {
        disk.place(
                SnapshotFormat.fileName(1), "#!/bin/sh\n".repeat(20).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThatThrownBy(() -> StoreDriver.open(disk))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("what=snapshot-00000000000000000001.snap")
                .hasMessageContaining("supported=HTKV SNAP");
    }
}
