package io.hightower.kv.storage.lsm;

import static io.hightower.kv.storage.lsm.SystemFixture.dataNumber;
import static io.hightower.kv.storage.lsm.SystemFixture.manifest;
import static io.hightower.kv.storage.lsm.SystemFixture.open;
import static io.hightower.kv.storage.lsm.SystemFixture.systemNumber;
import static io.hightower.kv.storage.lsm.SystemFixture.writeBoth;
import static io.hightower.kv.storage.lsm.SystemFixture.writeData;
import static io.hightower.kv.storage.lsm.SystemFixture.writeSystem;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.simulated.CutPart;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.PowerLostException;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Cuts the power at every disk operation of flushes that write data and system records, and looks at what the next opening
 * finds: both of the same moment, none before the last that was acknowledged, and no file too many.
 */
class SystemCrashTest {
    private static final int SEEDS = 2;

    /** For each edit, which edit wrote the data key last, and which the system record; edit 0 is the empty store. */
    private static final long[][] MOMENTS = {
        {0, 0}, {0, 1}, {2, 2}, {3, 2}, {4, 4}, {4, 5}, {6, 6}, {7, 7}, {8, 7}, {8, 9}
    };

    private static final class Workload {
        private final SimulatedDisk disk;
        private long acknowledged;

        Workload(SimulatedDisk disk) {
            this.disk = disk;
        }

        void run() {
            try (LogStructuredStore store = open(disk)) {
                writeSystem(store);
                checkpoint(store);
                writeBoth(store, 10);
                checkpoint(store);
                writeData(store, 10);
                checkpoint(store);
            }
            Queue<Runnable> flushes = new ArrayDeque<>();
            BackgroundWork background = new BackgroundWork(flushes::add, Runnable::run, () -> {});
            try (LogStructuredStore store = open(disk, background)) {
                // Sealed one by one, each with the system records of its moment, before the first of them is flushed.
                writeBoth(store, 6_000);
                writeSystem(store);
                writeBoth(store, 6_000);
                writeBoth(store, 6_000);
                assertThat(flushes).isNotEmpty();
                writeData(store, 10);
                writeSystem(store);
                checkpoint(store);
            }
        }

        private void checkpoint(LogStructuredStore store) {
            acknowledged = store.checkpoint().index();
        }

        void examine(SimulatedDisk found, String crash) {
            try (LogStructuredStore store = open(found);
                    StoreView view = store.view()) {
                long number = view.applied().position().index();
                assertThat(number).as(crash).isGreaterThanOrEqualTo(acknowledged);
                assertThat(dataNumber(view)).as("data " + crash).isEqualTo(MOMENTS[(int) number][0]);
                assertThat(systemNumber(view)).as("system " + crash).isEqualTo(MOMENTS[(int) number][1]);
                StateReading.assertConsistent(view);
            }
            List<String> expected = new ArrayList<>(manifest(found).files().keySet());
            expected.add(ManifestFile.FILE);
            assertThat(expected).as(crash).containsExactlyInAnyOrderElementsOf(found.list());
        }
    }

    @Test
    void dataAndSystemRecordsAreOfTheSameMoment() {
        long operations = operations();
        Set<Long> momentsSeen = new HashSet<>();
        for (long operation = 1; operation <= operations; operation++) {
            for (CutPart part : CutPart.values()) {
                SimulatedDisk disk = SimulatedDisk.empty();
                disk.cutPowerAt(operation, part);
                Workload workload = new Workload(disk);
                runUntilCut(workload);
                for (LossPolicy policy : LossPolicy.values()) {
                    for (int seed = 1; seed <= seeds(policy); seed++) {
                        SimulatedDisk found = disk.reopenAfterPowerLoss(policy, seed);
                        workload.examine(
                                found, "operation=" + operation + " part=" + part + " " + policy + " seed=" + seed);
                        momentsSeen.add(manifest(found).applied().position().index());
                    }
                }
            }
        }
        assertThat(momentsSeen).as("crashes between all flushes").contains(0L, 1L, 2L, 3L, 4L, 6L, 7L, 9L);
    }

    private static void runUntilCut(Workload workload) {
        try {
            workload.run();
        } catch (PowerLostException e) {
            // Not always: that an obsolete file cannot be deleted, is nobody's failure.
        }
    }

    private static int seeds(LossPolicy policy) {
        return switch (policy) {
            case NOTHING_UNSYNCED_SURVIVES, ALL_SURVIVES -> 1;
            case RANDOM_SUBSET, TORN_SECTOR -> SEEDS;
        };
    }

    private static long operations() {
        SimulatedDisk disk = SimulatedDisk.empty();
        Workload workload = new Workload(disk);
        workload.run();
        assertThat(workload.acknowledged).isEqualTo(9);
        workload.examine(disk, "no crash");
        return disk.operations();
    }
}
