package io.hightower.kv.storage.manifest;

import static io.hightower.kv.storage.manifest.ManifestFixture.STORE_ID;
import static io.hightower.kv.storage.manifest.ManifestFixture.applied;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.simulated.CutPart;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.PowerLostException;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import io.hightower.kv.storage.table.TableId;
import io.hightower.kv.storage.table.TableMeta;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Cuts the power, or ends the process, at every disk operation of a sequence of edits, and looks at what the next opening
 * finds: the manifest before or the one under way, with all its files, and never nothing once there was one.
 */
class ManifestCrashTest {
    private static final int SEEDS = 6;

    /** Edits as flushes and merges make them: new files, the manifest, old files deleted. */
    private static final class Workload {
        private final SimulatedDisk disk;
        private StoreManifest acknowledged = StoreManifest.empty();
        private StoreManifest underWay = acknowledged;
        private boolean everAcknowledged;

        Workload(SimulatedDisk disk) {
            this.disk = disk;
        }

        void run() {
            edit(StoreManifest.empty());
            edit(List.of(table(1)));
            edit(List.of(table(2), table(1)));
            edit(List.of(table(3)));
            reopen();
            edit(List.of(table(4), table(3)));
            edit(List.of(table(5)));
        }

        /** Its long key makes a manifest of several sectors. */
        private static TableMeta table(long number) {
            return new TableMeta(
                    new TableId(number, STORE_ID),
                    600 + 100 * number,
                    0,
                    Bytes.utf8("a"),
                    Bytes.utf8("z".repeat((int) (number * 300))),
                    2,
                    3,
                    2,
                    2,
                    0);
        }

        private void edit(List<TableMeta> tables) {
            for (TableMeta table : tables) {
                if (!disk.exists(table.fileName())) {
                    writeFile(table);
                }
            }
            edit(new StoreManifest(
                    acknowledged.edits() + 1, applied(3), 9, 0, List.of(tables), List.of(), Optional.empty()));
        }

        private void writeFile(TableMeta table) {
            try (DiskFile file = disk.create(table.fileName())) {
                file.write(0, ByteBuffer.wrap(content(table)));
                file.sync();
            }
        }

        private static byte[] content(TableMeta table) {
            byte[] content = new byte[(int) table.length()];
            Arrays.fill(content, (byte) table.id().number());
            return content;
        }

        private void edit(StoreManifest next) {
            underWay = next;
            ManifestFile.write(disk, STORE_ID, next);
            acknowledged = next;
            everAcknowledged = true;
            StoreFiles.deleteUnreferenced(disk, next);
        }

        void reopen() {
            StoreManifest found = ManifestFile.read(disk, STORE_ID).orElseThrow();
            assertThat(found).isEqualTo(acknowledged);
            StoreFiles.deleteUnreferenced(disk, found);
        }

        /** Looks at a disk after the crash. */
        StoreManifest examine(SimulatedDisk found, String crash) {
            StoreManifest manifest = ManifestFile.read(found, STORE_ID).orElseGet(() -> requireNothingLost(crash));
            assertThat(manifest).as(crash).isIn(acknowledged, underWay);
            manifest.requireFiles(found);
            for (TableMeta table : manifest.tables()) {
                assertThat(found.content(table.fileName())).as(crash).isEqualTo(content(table));
            }
            StoreFiles.deleteUnreferenced(found, manifest);
            List<String> expected = new ArrayList<>(manifest.files().keySet());
            expected.add(ManifestFile.FILE);
            assertThat(expected).as(crash).containsAll(found.list());
            return manifest;
        }

        private StoreManifest requireNothingLost(String crash) {
            assertThat(everAcknowledged).as("a manifest was lost: " + crash).isFalse();
            return StoreManifest.empty();
        }
    }

    @Test
    void findsTheOldOrTheNewManifestWithAllItsFiles() {
        Set<String> disksSeen = new HashSet<>();
        for (long operation = 1; operation <= operations(); operation++) {
            for (CutPart part : CutPart.values()) {
                SimulatedDisk disk = SimulatedDisk.empty();
                disk.cutPowerAt(operation, part);
                Workload workload = new Workload(disk);
                assertThatThrownBy(workload::run).isInstanceOf(PowerLostException.class);
                for (LossPolicy policy : LossPolicy.values()) {
                    for (int seed = 1; seed <= seeds(policy); seed++) {
                        SimulatedDisk found = disk.reopenAfterPowerLoss(policy, seed);
                        disksSeen.add(found.fingerprint());
                        workload.examine(
                                found, "operation=" + operation + " part=" + part + " " + policy + " seed=" + seed);
                    }
                }
            }
        }
        assertThat(disksSeen.size()).as("different disks to recover from").isGreaterThan(80);
    }

    /** What the next process read and acted on must not be taken back by the power loss after it. */
    @Test
    void whatWasReadAfterTheEndOfTheProcessSurvivesPowerLoss() {
        Set<String> disksSeen = new HashSet<>();
        for (long operation = 1; operation <= operations(); operation++) {
            for (CutPart part : CutPart.values()) {
                for (LossPolicy policy : LossPolicy.values()) {
                    for (int seed = 1; seed <= seeds(policy); seed++) {
                        SimulatedDisk disk = SimulatedDisk.empty();
                        disk.endProcessAt(operation, part);
                        Workload workload = new Workload(disk);
                        assertThatThrownBy(workload::run).isInstanceOf(PowerLostException.class);
                        disk.endProcess();
                        String crash = "operation=" + operation + " part=" + part + " " + policy + " seed=" + seed;
                        StoreManifest read = workload.examine(disk, crash);
                        SimulatedDisk found = disk.reopenAfterPowerLoss(policy, seed);
                        disksSeen.add(found.fingerprint());
                        assertThat(workload.examine(found, crash)).as(crash).isEqualTo(read);
                    }
                }
            }
        }
        assertThat(disksSeen.size()).as("different disks to recover from").isGreaterThan(20);
    }

    private static long operations() {
        SimulatedDisk whole = SimulatedDisk.empty();
        new Workload(whole).run();
        return whole.operations();
    }

    private static int seeds(LossPolicy policy) {
        return policy == LossPolicy.RANDOM_SUBSET || policy == LossPolicy.TORN_SECTOR ? SEEDS : 1;
    }
}
