package io.hightower.kv.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.storage.simulated.CutPart;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Random workloads that lose their power, fill their disk and are killed at random places, again and again. */
class CommitLogRandomCrashTest {
    private static final int RUNS = 100;
    private static final int STEPS = 30;
    private static final int CUTS_PER_RUN = 12;
    private static final long MORE_THAN_ENOUGH = 1 << 30;

    private static final LogOptions OPTIONS = LogFixture.OPTIONS.withSegmentBytes(4096);

    private final Set<String> images = new HashSet<>();

    private enum Action {
        COMMIT,
        TRIM,
        CLOSE,
        KILL,
        FILL_DISK
    }

    /** One step; the seed decides its details. */
    private record Step(Action action, long seed) {}

    private static List<Step> steps(RandomGenerator random) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            int kind = random.nextInt(20);
            Action action = kind < 15 ? Action.COMMIT : pick(Action.values(), random);
            steps.add(new Step(action, random.nextLong()));
        }
        return steps;
    }

    private static <T> T pick(T[] choices, RandomGenerator random) {
        return choices[random.nextInt(choices.length)];
    }

    @Test
    void recoversWhatWasAcknowledged(TestInfo test) {
        SeededRuns.of(test).count(RUNS).check(CommitLogRandomCrashTest::steps, steps -> {
            SimulatedDisk disk = SimulatedDisk.empty();
            run(disk, new LogModel(OPTIONS), steps);
            SplittableRandom cuts = new SplittableRandom(steps.hashCode());
            for (int i = 0; i < CUTS_PER_RUN; i++) {
                long operation = cuts.nextLong(disk.operations() + 1) + 1;
                LossPolicy policy = pick(LossPolicy.values(), cuts);
                crash(steps, operation, policy, cuts);
            }
        });
        if (System.getProperty(SeededRuns.SEED_PROPERTY) == null) {
            assertThat(images.size()).isGreaterThan(RUNS * CUTS_PER_RUN / 2);
        }
    }

    private void crash(List<Step> steps, long operation, LossPolicy policy, SplittableRandom random) {
        SimulatedDisk disk = SimulatedDisk.empty();
        disk.cutPowerAt(operation, pick(CutPart.values(), random));
        LogModel model = new LogModel(OPTIONS);
        try {
            run(disk, model, steps);
        } catch (StorageException e) {
            assertThat(e).hasMessageNotContaining("Damaged");
        }
        for (int losses = 0; losses < 3; losses++) {
            SimulatedDisk found = disk.reopenAfterPowerLoss(policy, random.nextLong());
            found.capacity(MORE_THAN_ENOUGH);
            images.add(found.fingerprint());
            disk = found;
            model.commit(model.open(disk), 5, random.nextInt(2000));
        }
    }

    private static void run(SimulatedDisk disk, LogModel model, List<Step> steps) {
        SegmentedCommitLog log = model.open(disk);
        for (Step step : steps) {
            SplittableRandom random = new SplittableRandom(step.seed);
            switch (step.action) {
                case COMMIT -> model.commit(log, lengths(random));
                case TRIM -> model.snapshotAndTrim(log);
                case CLOSE -> {
                    log.close();
                    log = model.open(disk);
                }
                case KILL -> {
                    disk.endProcess();
                    log = model.open(disk);
                }
                case FILL_DISK -> fillDisk(disk, log, model, random);
            }
        }
        log.close();
    }

    private static void fillDisk(SimulatedDisk disk, SegmentedCommitLog log, LogModel model, SplittableRandom random) {
        disk.capacity(log.bytes() + random.nextInt(1000));
        try {
            model.commit(log, lengths(random));
        } catch (DiskFullException e) {
            model.forgetFailedGroup();
        } finally {
            disk.capacity(MORE_THAN_ENOUGH);
        }
    }

    private static int[] lengths(SplittableRandom random) {
        int[] lengths = new int[random.nextInt(4) + 1];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = random.nextInt(3) == 0 ? random.nextInt(6000) : random.nextInt(100);
        }
        return lengths;
    }
}
