package io.hightower.kv.engine;

import io.hightower.kv.engine.SimulatedStore.Knobs;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.random.RandomCommands;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.storage.lsm.StoreOptions;
import io.hightower.kv.storage.simulated.CutPart;
import io.hightower.kv.storage.simulated.FailedSync;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A store that lives through chapters, each with other knobs, each ended by a disaster. What is found afterwards must be what
 * a prefix of all steps makes, and that prefix is what the next chapter goes on from. <b>Used by one thread.</b>
 */
final class RandomCrashLife {
    private static final int CHAPTERS_MAX = 6;
    private static final int STEPS_MAX = 60;
    private static final int OPERATIONS_MAX = 250;
    private static final long NO_LIMIT = Long.MAX_VALUE;

    private static final CrashDonor[] DONORS = {CrashDonor.of(3), CrashDonor.of(7)};

    private final List<Chapter> chapters;
    private final Count count;

    /** Everything that led to what the disk holds. */
    private List<CrashStep> past = new ArrayList<>();

    private SimulatedDisk home = SimulatedDisk.empty();

    /** How a chapter ends. */
    private enum Disaster {
        POWER_LOSS,
        KILL,
        FAILED_OPERATION,
        FULL_DISK,
        NONE
    }

    /**
     * What happens until the next reopening.
     *
     * @param at the disk operation of the chapter at which the disaster strikes
     * @param salt decides the details of the disaster
     */
    record Chapter(Knobs knobs, List<CrashStep> steps, Disaster disaster, int at, long salt) {}

    /** Counts what many lives came across. Thread-safe. */
    static final class Count {
        private final Set<String> disks = ConcurrentHashMap.newKeySet();

        int distinctDisks() {
            return disks.size();
        }

        @Override
        public String toString() {
            return "distinct disks of random lives: " + disks.size();
        }
    }

    RandomCrashLife(List<Chapter> chapters, Count count) {
        this.chapters = chapters;
        this.count = count;
    }

    static List<Chapter> chapters(RandomGenerator random) {
        List<Chapter> chapters = new ArrayList<>();
        int number = random.nextInt(2, CHAPTERS_MAX + 1);
        for (int i = 0; i < number; i++) {
            Disaster[] disasters = Disaster.values();
            chapters.add(new Chapter(
                    knobs(random),
                    steps(random),
                    disasters[random.nextInt(disasters.length)],
                    random.nextInt(1, OPERATIONS_MAX),
                    random.nextLong()));
        }
        return chapters;
    }

    private static Knobs knobs(RandomGenerator random) {
        StoreOptions store = new StoreOptions(
                4 << 20,
                random.nextInt(4, 12) << 10,
                random.nextInt(4) == 0 ? 1 : Long.MAX_VALUE,
                random.nextInt(4, 9) << 10,
                random.nextBoolean(),
                random.nextInt(4, 20) << 10,
                random.nextInt(2, 5),
                random.nextInt(3) == 0 ? 64 << 10 : 0,
                random.nextBoolean(),
                random.nextBoolean(),
                Metrics.none());
        return new Knobs(
                store,
                random.nextInt(256, 8 << 10),
                random.nextInt(3) == 0 ? random.nextInt(4) : 0,
                random.nextInt(2) == 0 ? random.nextInt(9) : 0);
    }

    private static List<CrashStep> steps(RandomGenerator random) {
        RandomCommands commands = new RandomCommands(random);
        List<CrashStep> steps = new ArrayList<>();
        int number = random.nextInt(STEPS_MAX);
        for (int i = 0; i < number; i++) {
            steps.add(
                    switch (random.nextInt(40)) {
                        case 0 -> new CrashStep.Checkpoint();
                        case 1 -> new CrashStep.Compact();
                        case 2 -> new CrashStep.Flush();
                        case 3, 4 -> new CrashStep.Tend();
                        case 5 ->
                            random.nextInt(4) == 0
                                    ? new CrashStep.Install(DONORS[random.nextInt(DONORS.length)])
                                    : new CrashStep.Tend();
                        case 6, 7, 8, 9, 10, 11 -> new CrashStep.Write(commands.next());
                        case 12 ->
                            new CrashStep.Write(new Command.DeleteRange(KeyRange.of(
                                    CrashScript.key(random.nextInt(50)), CrashScript.key(random.nextInt(50)))));
                        case 13, 14 -> new CrashStep.Write(Command.delete(CrashScript.key(random.nextInt(50))));
                        default ->
                            new CrashStep.Write(Command.put(
                                    CrashScript.key(random.nextInt(50)),
                                    CrashScript.value(
                                            random.nextInt(),
                                            random.nextInt(20) == 0 ? random.nextInt(6_000) : random.nextInt(400))));
                    });
        }
        return steps;
    }

    /** Lives all chapters; throws what shows a defect. */
    void live() {
        for (Chapter chapter : chapters) {
            live(chapter);
        }
    }

    private void live(Chapter chapter) {
        CrashLife life = new CrashLife(home, SimulatedDisk.empty(), chapter.knobs(), UnaryOperator.identity());
        prepare(chapter);
        List<CrashStep> taken = new ArrayList<>();
        try {
            life.open();
            for (CrashStep step : chapter.steps()) {
                if (took(life, step)) {
                    taken.add(step);
                }
            }
            if (chapter.disaster() == Disaster.NONE) {
                life.store().close();
            }
        } catch (RuntimeException e) {
            if (chapter.disaster() == Disaster.NONE) {
                throw e;
            }
            // The step that failed may or may not have had an effect.
            if (life.begun() > life.acknowledged()) {
                taken.add(chapter.steps().get(life.begun() - 1));
            }
        }
        int acknowledged = past.size() + life.acknowledged() - refused(life, taken);
        strike(chapter, life);
        past.addAll(taken);
        recover(chapter, acknowledged);
    }

    /** Steps that were refused count as acknowledged to the life, and are not among those taken. */
    private static int refused(CrashLife life, List<CrashStep> taken) {
        return life.begun() - taken.size();
    }

    /** Returns whether a step was taken; false if it was refused for want of space, with nothing done. */
    private static boolean took(CrashLife life, CrashStep step) {
        try {
            life.take(step);
            return true;
        } catch (NotReplicatedException e) {
            if (e.reason() != NotReplicatedException.Reason.DISK_FULL
                    && e.reason() != NotReplicatedException.Reason.OVERLOADED) {
                throw e;
            }
        } catch (DiskFullException e) {
            if (step instanceof CrashStep.Install) {
                throw e;
            }
        }
        life.refused();
        return false;
    }

    private static <T> T pick(T[] choices, long salt) {
        return choices[(int) Long.remainderUnsigned(salt, choices.length)];
    }

    private void prepare(Chapter chapter) {
        long salt = chapter.salt() & Long.MAX_VALUE;
        CutPart part = pick(CutPart.values(), salt);
        switch (chapter.disaster()) {
            case POWER_LOSS -> home.cutPowerAt(home.operations() + chapter.at(), part);
            case KILL -> home.endProcessAt(home.operations() + chapter.at(), part);
            case FAILED_OPERATION -> {
                home.failedSync(pick(FailedSync.values(), salt));
                OperationKind kind = pick(OperationKind.values(), salt);
                home.failOnce(kind, 1 + chapter.at() / 5);
            }
            case FULL_DISK -> home.capacity(8_000 + salt % 60_000);
            case NONE -> {}
        }
    }

    private void strike(Chapter chapter, CrashLife life) {
        LossPolicy policy = pick(LossPolicy.values(), chapter.salt() >>> 8);
        switch (chapter.disaster()) {
            case POWER_LOSS -> {
                home.cutPower();
                life.abandon();
                home = home.reopenAfterPowerLoss(policy, chapter.salt());
            }
            case KILL -> {
                home.endProcess();
                // What is left of the dead process may not bring a disaster upon the next one that did not come to
                // itself.
                home.cutPowerAt(NO_LIMIT, CutPart.NOTHING);
                life.abandon();
            }
            case FAILED_OPERATION, FULL_DISK -> {
                home.heal();
                home.capacity(NO_LIMIT);
                boolean lost = (chapter.salt() >>> 16 & 1) == 0;
                if (lost) {
                    home.cutPower();
                    life.abandon();
                    home = home.reopenAfterPowerLoss(policy, chapter.salt());
                } else {
                    home.endProcess();
                    life.abandon();
                }
            }
            case NONE -> {}
        }
        // A disaster that did not come yet does not come later.
        home.cutPowerAt(NO_LIMIT, CutPart.NOTHING);
        home.heal();
        home.capacity(NO_LIMIT);
        count.disks.add(home.fingerprint());
    }

    /** Opens what was found, and goes on from the prefix that it shows. */
    private void recover(Chapter chapter, int acknowledged) {
        CrashModel model = CrashModel.of(past);
        try (SimulatedStore store = SimulatedStore.open(home, chapter.knobs())) {
            CrashVerdict shown = CrashVerdict.shownBy(store, SimulatedDisk.empty(), chapter.knobs(), model);
            CrashVerdict.requireHistory(store, model.states().get(shown.last()), false);
            if (shown.last() < acknowledged) {
                throw new AssertionError(
                        "Something acknowledged is lost: acknowledged=" + acknowledged + " found=" + shown);
            }
            past = new ArrayList<>(past.subList(0, shown.last()));
        }
    }
}
