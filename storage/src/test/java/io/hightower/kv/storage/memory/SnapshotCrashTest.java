package io.hightower.kv.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.storage.simulated.CutPart;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.PowerLostException;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Cuts the power at every disk operation of a workload of checkpoints, stagings, installs and reopenings, and looks at what
 * the next opening finds: the old state or the new one, whole, and never less than what was acknowledged.
 */
class SnapshotCrashTest {
    private static final int SEEDS = 4;
    private static final Logger LOGGER = Logger.getLogger(SnapshotFiles.class.getName());

    @BeforeAll
    static void expectWarnings() {
        LOGGER.setLevel(Level.OFF);
    }

    @AfterAll
    static void restoreWarnings() {
        LOGGER.setLevel(null);
    }

    /** What happened so far: the state that must be there, and the one that may be there because it was under way. */
    private static final class Workload {
        private static final Bytes LARGE = Bytes.wrap(new byte[300_000]);

        private final SimulatedDisk disk;
        private final byte[] exported;
        private final StoreDriver.State exportedState;
        private StoreDriver.State acknowledged = new StoreDriver.State(AppliedState.EMPTY, List.of());
        private StoreDriver.State underWay = acknowledged;

        Workload(SimulatedDisk disk) {
            this.disk = disk;
            StoreDriver source = StoreDriver.open(SimulatedDisk.empty())
                    .put("from", "elsewhere")
                    .put("a", "x")
                    .delete("a");
            this.exported = source.export();
            this.exportedState = source.state();
        }

        void run() throws IOException {
            StoreDriver driver = StoreDriver.open(disk);
            driver.put("a", "1").apply(Command.put(Bytes.utf8("large"), LARGE));
            checkpoint(driver);
            driver.put("b", "2").delete("a");
            checkpoint(driver);
            driver = reopen(driver);
            driver.put("b", "3");
            install(driver);
            driver.put("c", "4");
            checkpoint(driver);
            driver = reopen(driver);
            driver.delete("c");
            checkpoint(driver);
        }

        private StoreDriver reopen(StoreDriver driver) {
            driver.store.close();
            return StoreDriver.open(disk);
        }

        private void checkpoint(StoreDriver driver) {
            underWay = driver.state();
            LogPosition durable = driver.store.checkpoint();
            assertThat(durable).isEqualTo(underWay.applied().position());
            acknowledged = underWay;
        }

        private void install(StoreDriver driver) throws IOException {
            LogPosition position =
                    new LogPosition(8, driver.store.applied().position().index());
            try (StateStore.Staged staged = driver.store.stage(new ByteArrayInputStream(exported))) {
                underWay = exportedState.at(position);
                staged.install(position);
                acknowledged = underWay;
            }
        }
    }

    @Test
    void findsTheOldOrTheNewStateWhole() throws IOException {
        SimulatedDisk whole = SimulatedDisk.empty();
        new Workload(whole).run();
        Set<String> disksSeen = new HashSet<>();
        for (long operation = 1; operation <= whole.operations(); operation++) {
            for (CutPart part : CutPart.values()) {
                SimulatedDisk disk = SimulatedDisk.empty();
                disk.cutPowerAt(operation, part);
                Workload workload = new Workload(disk);
                runUntilPowerIsLost(workload);
                for (LossPolicy policy : LossPolicy.values()) {
                    for (int seed = 1; seed <= seeds(policy); seed++) {
                        SimulatedDisk found = disk.reopenAfterPowerLoss(policy, seed);
                        disksSeen.add(found.fingerprint());
                        String crash =
                                "operation=" + operation + " part=" + part + " policy=" + policy + " seed=" + seed;
                        examine(found, workload, crash);
                    }
                }
            }
        }
        assertThat(disksSeen.size()).as("different disks to recover from").isGreaterThan(50);
    }

    private static int seeds(LossPolicy policy) {
        return policy == LossPolicy.RANDOM_SUBSET || policy == LossPolicy.TORN_SECTOR ? SEEDS : 1;
    }

    /** The last operations are deletions whose failure is only logged, so the workload may end without an error. */
    private static void runUntilPowerIsLost(Workload workload) throws IOException {
        try {
            workload.run();
        } catch (PowerLostException expected) {
            assertThat(expected).hasMessageContaining("lost power");
        }
    }

    private static void examine(SimulatedDisk found, Workload workload, String crash) {
        StoreDriver driver = StoreDriver.open(found);
        StoreDriver.State recovered = driver.state();
        assertThat(recovered).as(crash).isIn(workload.acknowledged, workload.underWay);
        assertThat(driver.store.durable())
                .as(crash)
                .isEqualTo(recovered.applied().position());
        assertThat(found.list()).as(crash).noneMatch(SnapshotFormat::isTemporaryName);
        assertThat(found.list().size()).as(crash).isLessThanOrEqualTo(1);

        // The store found is one to work with, and what it says is durable survives the next power loss.
        driver.put("after", "crash");
        driver.store.checkpoint();
        SimulatedDisk foundAgain = found.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 0);
        assertThat(StoreDriver.open(foundAgain).state()).as(crash).isEqualTo(driver.state());
    }

    /** The log is trimmed up to what opening says is durable, so a name that is only in memory must not be believed. */
    @Test
    void whatOpeningSaysIsDurableSurvivesPowerLoss() {
        SimulatedDisk disk = SimulatedDisk.empty();
        StoreDriver first = StoreDriver.open(disk).put("a", "1");
        first.store.checkpoint();
        first.put("a", "2");
        disk.failOnce(OperationKind.SYNC_DIRECTORY, 1);
        assertThatThrownBy(first.store::checkpoint).isInstanceOf(StorageException.class);
        disk.endProcess();

        LogPosition durable = StoreDriver.open(disk).store.durable();

        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 0);
        assertThat(StoreDriver.open(found).store.durable()).isGreaterThanOrEqualTo(durable);
    }

    /** A file system may drop the pages of a failed sync and let the next one succeed. */
    @Test
    void neverBelievesASyncAfterAFailedOne() {
        SimulatedDisk disk = SimulatedDisk.empty();
        StoreDriver driver = StoreDriver.open(disk).put("a", "1");
        driver.store.checkpoint();
        StoreDriver.State old = driver.state();
        driver.put("a", "2");
        disk.failOnce(OperationKind.SYNC, 1);
        assertThatThrownBy(driver.store::checkpoint).isInstanceOf(StorageException.class);
        assertThatThrownBy(driver.store::checkpoint).isInstanceOf(StorageException.class);
        assertThat(driver.store.durable()).isEqualTo(old.applied().position());

        for (LossPolicy policy : LossPolicy.values()) {
            assertThat(StoreDriver.open(disk.reopenAfterPowerLoss(policy, 1)).state())
                    .isEqualTo(old);
        }
    }
}
