package io.hightower.kv.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.simulated.CutPart;
import io.hightower.kv.storage.simulated.FailedSync;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.PowerLostException;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Ends a short workload at every disk operation, in every way that the simulated disk knows, and opens the log again. What
 * {@link LogModel} checks at each opening: acknowledged entries are there, and what is there is a prefix of what was appended.
 */
class CommitLogCrashTest {
    private static final int SEEDS = 10;

    private static final LogOptions OPTIONS = LogFixture.OPTIONS.withSegmentBytes(1024);

    private final Set<String> images = new HashSet<>();

    /** Appends, rolls, trims, closes, reopens, with entries below, at and above the size of a sector. */
    private static void workload(SimulatedDisk disk, LogModel model) {
        SegmentedCommitLog log = model.open(disk);
        model.commit(log, 10);
        model.commit(log, 0, 1, 100);
        model.commit(log, 484);
        model.commit(log, 300, 200);
        log.close();
        log = model.open(disk);
        model.commit(log, 3);
        model.commit(log, 700, 900);
        model.snapshotAndTrim(log);
        model.commit(log, 50, 50, 50);
        model.commit(log, 2000, 700, 1500);
        disk.endProcess();
        log = model.open(disk);
        model.commit(log, 20);
        model.commit(log, 600);
        model.snapshotFromElsewhere(log, 3);
        model.commit(log, 40);
        model.snapshotAndTrim(log);
        model.commit(log, 1000);
        log.close();
    }

    private static long operationsOfWorkload() {
        SimulatedDisk disk = SimulatedDisk.empty();
        workload(disk, new LogModel(OPTIONS));
        return disk.operations();
    }

    /** Runs the workload until the power fails in it. */
    private static void runUntilPowerLoss(SimulatedDisk disk, LogModel model) {
        try {
            workload(disk, model);
            // What is written in advance at the very end may fail unnoticed.
            assertThatThrownBy(disk::list).isInstanceOf(PowerLostException.class);
        } catch (StorageException expected) {
            assertThat(expected).hasMessageNotContaining("Damaged");
        }
    }

    @Test
    void recoversWhatWasAcknowledgedWhereverPowerFails() {
        long operations = operationsOfWorkload();
        for (long operation = 1; operation <= operations; operation++) {
            for (CutPart part : CutPart.values()) {
                SimulatedDisk disk = SimulatedDisk.empty();
                disk.cutPowerAt(operation, part);
                LogModel model = new LogModel(OPTIONS);
                runUntilPowerLoss(disk, model);
                for (LossPolicy policy : LossPolicy.values()) {
                    for (long seed = 1; seed <= seeds(policy); seed++) {
                        checkAfterPowerLoss(disk, model, policy, seed, "operation=" + operation + " part=" + part);
                    }
                }
            }
        }
        // A fall of this number means that the workload or the simulation lost variety.
        assertThat(images.size()).isGreaterThan(400);
    }

    private static int seeds(LossPolicy policy) {
        return policy == LossPolicy.RANDOM_SUBSET || policy == LossPolicy.TORN_SECTOR ? SEEDS : 1;
    }

    private void checkAfterPowerLoss(SimulatedDisk disk, LogModel model, LossPolicy policy, long seed, String where) {
        try {
            SimulatedDisk found = disk.reopenAfterPowerLoss(policy, seed);
            images.add(found.fingerprint());
            LogModel after = model.copy();
            SegmentedCommitLog log = after.open(found);
            after.commit(log, 5, 600);
            after.commit(log, 7);
            SimulatedDisk again = found.reopenAfterPowerLoss(LossPolicy.TORN_SECTOR, seed);
            after.open(again).close();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(where + " policy=" + policy + " seed=" + seed, e);
        }
    }

    @Test
    void recoversWhenPowerFailsAgainDuringRecovery() {
        long operations = operationsOfWorkload();
        for (long operation = 1; operation <= operations; operation++) {
            SimulatedDisk disk = SimulatedDisk.empty();
            disk.cutPowerAt(operation, CutPart.HALF);
            LogModel model = new LogModel(OPTIONS);
            runUntilPowerLoss(disk, model);
            for (long second = 1; second <= 9; second++) {
                String where = "operation=" + operation + " second=" + second;
                SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.TORN_SECTOR, second);
                found.cutPowerAt(second, CutPart.HALF);
                LogModel after = model.copy();
                try {
                    SegmentedCommitLog log = after.open(found);
                    after.commit(log, 5, 600);
                } catch (StorageException e) {
                    assertThat(e).as(where).hasMessageNotContaining("Damaged");
                }
                checkAfterPowerLoss(found, after, LossPolicy.TORN_SECTOR, operation, where);
            }
        }
    }

    @Test
    void keepsWhatItRecoveredAfterProcessEndWhenPowerFailsLater() {
        long operations = operationsOfWorkload();
        for (long operation = 1; operation <= operations; operation++) {
            for (CutPart part : CutPart.values()) {
                SimulatedDisk disk = SimulatedDisk.empty();
                disk.endProcessAt(operation, part);
                LogModel model = new LogModel(OPTIONS);
                runUntilPowerLoss(disk, model);
                disk.endProcess();
                String where = "operation=" + operation + " part=" + part;
                openAfterKill(disk, model, where);
                for (long seed = 1; seed <= 3; seed++) {
                    checkAfterPowerLoss(disk, model, LossPolicy.RANDOM_SUBSET, seed, where);
                    checkAfterPowerLoss(disk, model, LossPolicy.NOTHING_UNSYNCED_SURVIVES, seed, where);
                }
            }
        }
    }

    private static void openAfterKill(SimulatedDisk disk, LogModel model, String where) {
        try {
            // Whatever is answered from now on counts as acknowledged.
            model.commit(model.open(disk), 5);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(where, e);
        }
    }

    @ParameterizedTest
    @EnumSource(FailedSync.class)
    void losesNothingAcknowledgedWhicheverOperationFails(FailedSync failedSync) {
        for (OperationKind kind : OperationKind.values()) {
            // A failure in what is written in advance goes unnoticed, so one quiet run does not mean that there is no
            // more.
            int quiet = 0;
            for (int nth = 1; quiet < 5; nth++) {
                quiet = failsAndRecovers(kind, nth, failedSync) ? 0 : quiet + 1;
                assertThat(nth).isLessThan(1_000);
            }
        }
    }

    /** Returns false when nothing failed that the workload noticed. */
    private boolean failsAndRecovers(OperationKind kind, int nth, FailedSync failedSync) {
        SimulatedDisk disk = SimulatedDisk.empty();
        disk.failedSync(failedSync);
        disk.failOnce(kind, nth);
        LogModel model = new LogModel(OPTIONS);
        try {
            workload(disk, model);
            return false;
        } catch (StorageException expected) {
            String where = "kind=" + kind + " nth=" + nth + " failedSync=" + failedSync;
            assertThat(expected).as(where).hasMessageContaining("fault");
            disk.endProcess();
            openAfterKill(disk, model, where);
            for (long seed = 1; seed <= 3; seed++) {
                checkAfterPowerLoss(disk, model, LossPolicy.TORN_SECTOR, seed, where);
                checkAfterPowerLoss(disk, model, LossPolicy.NOTHING_UNSYNCED_SURVIVES, seed, where);
            }
            return true;
        }
    }

    @ParameterizedTest
    @EnumSource(LossPolicy.class)
    void recoversPrefixUnderEverySyncPolicy(LossPolicy loss) {
        List<SyncPolicy> policies =
                List.of(SyncPolicy.never(), SyncPolicy.afterBytes(500), SyncPolicy.interval(Duration.ofMillis(5)));
        for (SyncPolicy policy : policies) {
            long[] now = {0};
            LogOptions options = OPTIONS.withSyncPolicy(policy).withNanoClock(() -> now[0] += 1_000_000);
            for (long operation = 1; operation <= 45; operation++) {
                SimulatedDisk disk = SimulatedDisk.empty();
                disk.cutPowerAt(operation, CutPart.HALF);
                LogModel model = new LogModel(options);
                runUntilPowerLoss(disk, model);
                for (long seed = 1; seed <= seeds(loss); seed++) {
                    LogModel after = model.copyWithNothingAcknowledged();
                    SimulatedDisk found = disk.reopenAfterPowerLoss(loss, seed);
                    images.add(found.fingerprint());
                    after.open(found).close();
                }
            }
        }
    }
}
