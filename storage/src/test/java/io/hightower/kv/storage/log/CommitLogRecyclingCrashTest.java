package io.hightower.kv.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.simulated.CutPart;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.PowerLostException;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cuts the power at every operation of a log that uses its segments again and again, archiving some or none. */
class CommitLogRecyclingCrashTest {
    private static final int SEEDS = 3;

    private final Set<String> images = new HashSet<>();

    private static LogOptions options(int archived, boolean spares) {
        return LogFixture.OPTIONS
                .withSegmentBytes(1500)
                .withArchivedSegments(archived)
                .withBackground(spares ? Runnable::run : task -> {});
    }

    /** Fills seven segments, trims now and then, and is killed once and closed once. */
    private static void workload(SimulatedDisk disk, LogModel model) {
        SegmentedCommitLog log = model.begin(disk);
        for (int round = 1; round <= 4; round++) {
            model.commit(log, 300, 0, 300);
            model.commit(log, 500);
            model.commit(log, 40, 400);
            model.snapshotAndTrim(log);
            model.commit(log, 800, 5);
            if (round == 2) {
                disk.endProcess();
                log = model.open(disk);
            } else if (round == 3) {
                log.close();
                log = model.open(disk);
            }
        }
        model.commit(log, 1800);
        model.commit(log, 1);
        model.snapshotAndTrim(log);
        model.commit(log, 1);
        log.close();
    }

    @ParameterizedTest
    @CsvSource({"0, true", "0, false", "1, true", "2, false"})
    void recoversWhatWasAcknowledgedWhereverPowerFails(int archived, boolean spares) {
        LogOptions options = options(archived, spares);
        SimulatedDisk whole = SimulatedDisk.empty();
        workload(whole, new LogModel(options));
        for (long operation = 1; operation <= whole.operations(); operation++) {
            for (CutPart part : CutPart.values()) {
                SimulatedDisk disk = SimulatedDisk.empty();
                disk.cutPowerAt(operation, part);
                LogModel model = new LogModel(options);
                runUntilPowerLoss(disk, model);
                for (LossPolicy policy : LossPolicy.values()) {
                    int seeds = policy == LossPolicy.RANDOM_SUBSET || policy == LossPolicy.TORN_SECTOR ? SEEDS : 1;
                    for (long seed = 1; seed <= seeds; seed++) {
                        checkAfterPowerLoss(disk, model, policy, seed, "operation=" + operation + " part=" + part);
                    }
                }
            }
        }
        assertThat(images.size()).isGreaterThan(300);
    }

    private static void runUntilPowerLoss(SimulatedDisk disk, LogModel model) {
        try {
            workload(disk, model);
            // What is written in advance at the very end may fail unnoticed.
            assertThatThrownBy(disk::list).isInstanceOf(PowerLostException.class);
        } catch (StorageException expected) {
            assertThat(expected).hasMessageNotContaining("Damaged");
        }
    }

    private void checkAfterPowerLoss(SimulatedDisk disk, LogModel model, LossPolicy policy, long seed, String where) {
        try {
            SimulatedDisk found = disk.reopenAfterPowerLoss(policy, seed);
            images.add(found.fingerprint());
            LogModel after = model.copy();
            SegmentedCommitLog log = after.open(found);
            // The same lengths as before, so that what was left behind stands where records are expected.
            after.commit(log, 300, 0, 300);
            after.commit(log, 500);
            SimulatedDisk again = found.reopenAfterPowerLoss(policy, seed);
            images.add(again.fingerprint());
            log = after.open(again);
            after.commit(log, 40, 400);
            again.endProcess();
            after.open(again).close();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(where + " policy=" + policy + " seed=" + seed, e);
        }
    }
}
