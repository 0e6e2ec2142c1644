package io.hightower.kv.storage.lsm;

import static io.hightower.kv.storage.lsm.SystemFixture.dataNumber;
import static io.hightower.kv.storage.lsm.SystemFixture.manifest;
import static io.hightower.kv.storage.lsm.SystemFixture.open;
import static io.hightower.kv.storage.lsm.SystemFixture.systemFiles;
import static io.hightower.kv.storage.lsm.SystemFixture.systemNumber;
import static io.hightower.kv.storage.lsm.SystemFixture.writeBoth;
import static io.hightower.kv.storage.lsm.SystemFixture.writeData;
import static io.hightower.kv.storage.lsm.SystemFixture.writeSystem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.manifest.StoreManifest;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import io.hightower.kv.storage.system.SystemFile;
import io.hightower.kv.storage.system.SystemId;
import io.hightower.kv.storage.system.SystemMeta;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** System records on their way to a file of their own, back, and to other members. */
class SystemFlushTest {
    private final SimulatedDisk disk = SimulatedDisk.empty();

    @Test
    void aChangeOfSystemRecordsAloneIsFlushedWithoutATable() {
        try (LogStructuredStore store = open(disk)) {
            writeSystem(store);
            assertThat(store.checkpoint()).isEqualTo(new LogPosition(0, 1));
            assertThat(manifest(disk).tables()).isEmpty();
            assertThat(systemFiles(disk))
                    .containsExactly(manifest(disk).system().orElseThrow().fileName());
        }
        try (LogStructuredStore store = open(disk);
                StoreView view = store.view()) {
            assertThat(systemNumber(view)).isEqualTo(1);
        }
    }

    @Test
    void anOldStateIsWrittenOnlyOnce() {
        try (LogStructuredStore store = open(disk)) {
            writeBoth(store, 10);
            store.checkpoint();
            List<String> files = systemFiles(disk);
            for (int i = 0; i < 20; i++) {
                writeData(store, 1000);
                store.checkpoint();
            }
            store.compact();
            assertThat(systemFiles(disk)).isEqualTo(files).hasSize(1);
        }
        try (LogStructuredStore store = open(disk)) {
            writeData(store, 10);
            store.checkpoint();
            assertThat(systemFiles(disk)).hasSize(1);
            try (StoreView view = store.view()) {
                assertThat(systemNumber(view)).isEqualTo(1);
                assertThat(dataNumber(view)).isEqualTo(22);
            }
        }
    }

    @Test
    void theFormerFileGoesOnceNobodyReadsIt() throws IOException {
        try (LogStructuredStore store = open(disk)) {
            writeSystem(store);
            String first;
            try (StateStore.PinnedState pinned = store.pin()) {
                first = systemFiles(disk).get(0);
                StateFiles.StateFile listed = pinned.files().get(pinned.files().size() - 1);
                assertThat(listed.name()).isEqualTo(first);
                writeSystem(store);
                store.checkpoint();
                assertThat(systemFiles(disk)).hasSize(2).contains(first);
                assertThat(pinned.open(listed, 0).readAllBytes()).hasSize((int) listed.length());
                assertThat(systemNumber(pinned.view())).isEqualTo(1);
            }
            writeSystem(store);
            store.checkpoint();
            assertThat(systemFiles(disk)).hasSize(1).doesNotContain(first);
        }
    }

    @Test
    void aCopyByLinksHasThem() {
        SimulatedDisk copy = SimulatedDisk.empty();
        try (LogStructuredStore store = open(disk)) {
            writeBoth(store, 10);
            store.checkpointTo(copy);
            writeBoth(store, 10);
            store.checkpoint();
        }
        try (LogStructuredStore store = open(copy);
                StoreView view = store.view()) {
            assertThat(systemNumber(view)).isEqualTo(1);
            StateReading.assertConsistent(view);
        }
    }

    @Test
    void aMemberTakesOverTheFileOfAnotherAndPassesItOn() throws IOException {
        SimulatedDisk second = SimulatedDisk.empty();
        SimulatedDisk third = SimulatedDisk.empty();
        try (LogStructuredStore origin = open(disk)) {
            writeBoth(origin, 10);
            writeSystem(origin);
            send(origin, second, "fedcba9876543210");
        }
        try (LogStructuredStore passing = openAs(second, "fedcba9876543210")) {
            send(passing, third, "another store id");
        }
        assertThat(systemFiles(third)).isEqualTo(systemFiles(disk)).hasSize(1);
        try (LogStructuredStore last = openAs(third, "another store id");
                StoreView view = last.view()) {
            assertThat(systemNumber(view)).isEqualTo(2);
            StateReading.assertConsistent(view);
        }
    }

    private static void send(LogStructuredStore from, SimulatedDisk to, String storeId) throws IOException {
        try (StateStore.PinnedState pinned = from.pin();
                LogStructuredStore target = openAs(to, storeId);
                StateStore.Staged staged = target.stage(pinned)) {
            staged.install(pinned.applied().position());
        }
    }

    private static LogStructuredStore openAs(SimulatedDisk disk, String storeId) {
        return LogStructuredStore.open(
                disk, Bytes.utf8(storeId), StoreFixture.tiny(), BackgroundWork.onCallersThread());
    }

    @Test
    void aStateThatIsNotInstalledLeavesNoFile() throws IOException {
        SimulatedDisk other = SimulatedDisk.empty();
        try (LogStructuredStore origin = open(disk);
                LogStructuredStore target = openAs(other, "fedcba9876543210")) {
            writeSystem(origin);
            try (StateStore.PinnedState pinned = origin.pin()) {
                target.stage(pinned).close();
            }
            assertThat(systemFiles(other)).isEmpty();
        }
    }

    @Test
    void noDamagedByteIsOpened() {
        try (LogStructuredStore store = open(disk)) {
            writeBoth(store, 10);
            store.checkpoint();
        }
        String name = systemFiles(disk).get(0);
        byte[] whole = disk.content(name);
        for (int place = 0; place < whole.length; place++) {
            byte[] damaged = whole.clone();
            damaged[place] ^= 1;
            SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.ALL_SURVIVES, 1);
            found.place(name, damaged);
            assertThatThrownBy(() -> open(found))
                    .as("byte %s", place)
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining(name);
        }
        SimulatedDisk without = disk.reopenAfterPowerLoss(LossPolicy.ALL_SURVIVES, 1);
        without.delete(name);
        assertThatThrownBy(() -> open(without))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining(name);
    }

    /** Every checksum is right: only the sum of hashes says that these are records of another moment. */
    @Test
    void wholeRecordsOfAnotherMomentAreNotOpened() {
        try (LogStructuredStore store = open(disk)) {
            writeBoth(store, 10);
            store.checkpoint();
        }
        StoreManifest before = manifest(disk);
        SystemRecords others = SystemRecords.EMPTY.with(SystemFixture.SYSTEM, Bytes.utf8("2"));
        SystemMeta meta = SystemFile.write(disk, new SystemId(before.nextFileNumber(), StoreFixture.STORE_ID), others);
        StoreManifest forged = new StoreManifest(
                before.edits(),
                before.applied(),
                before.nextFileNumber() + 1,
                before.historyFloor(),
                before.levels(),
                before.history(),
                Optional.of(meta));
        disk.place(ManifestFile.FILE, ManifestFile.encode(StoreFixture.STORE_ID, forged));

        assertThatThrownBy(() -> open(disk))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining(meta.fileName())
                .hasMessageContaining("systemHash");
    }

    @Test
    void scalarsThatDoNotCountTheSystemRecordsAreNotPublished() {
        try (LogStructuredStore store = open(disk)) {
            StateStore.Edit edit = store.edit();
            edit.system(edit.system().with(SystemFixture.SYSTEM, Bytes.utf8("1")));
            assertThatThrownBy(() -> edit.publish(store.applied().at(new LogPosition(0, 1))))
                    .isInstanceOf(InvariantViolation.class);
        }
    }

    @Test
    void aFullDiskKeepsThemForTheNextAttempt() {
        try (LogStructuredStore store = open(disk)) {
            writeBoth(store, 10);
            store.checkpoint();
            List<String> before = disk.list();
            writeSystem(store);
            long used =
                    before.stream().mapToLong(name -> disk.content(name).length).sum();
            int failures = 0;
            // Room for nothing, for the file without the manifest, and in the end for both.
            while (!isDurable(store, used + 50L * failures)) {
                failures++;
                assertThat(store.problem()).isPresent();
                assertThat(disk.list()).isEqualTo(before);
            }
            assertThat(failures).isGreaterThan(3);
            assertThat(store.durable()).isEqualTo(new LogPosition(0, 2));
            assertThat(store.problem()).isEmpty();
        }
        try (LogStructuredStore store = open(disk);
                StoreView view = store.view()) {
            assertThat(systemNumber(view)).isEqualTo(2);
        }
    }

    private boolean isDurable(LogStructuredStore store, long capacity) {
        disk.capacity(capacity);
        try {
            store.checkpoint();
            return true;
        } catch (DiskFullException e) {
            return false;
        }
    }
}
