package io.hightower.kv.engine;

import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.simulated.CutPart;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.PowerLostException;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * Cuts the power at every disk operation of a script, in every part of it, and looks at every disk that may be found
 * afterwards. Equal disks are looked at once: what recovering them shows is remembered, and held against every moment at
 * which they may be found. <b>Thread-safe.</b>
 */
final class CrashSweep {
    /** One in so many distinct disks loses its power again while it is recovered. */
    private static final int RECOVERIES_CUT_ONE_IN = 40;

    private static final int THREADS = 2;

    private final CrashScript script;
    private final int seeds;
    private final UnaryOperator<Disk> seam;
    private final CrashModel model;
    private final Map<String, CrashVerdict> verdicts;
    private final AtomicLong cuts = new AtomicLong();

    /**
     * Makes a sweep.
     *
     * @param seeds how many disks of each random loss are looked at
     * @param seam what stands between the store and its disk, for disks that lie
     * @param verdicts what is known of disks already, by fingerprint
     */
    CrashSweep(CrashScript script, int seeds, UnaryOperator<Disk> seam, Map<String, CrashVerdict> verdicts) {
        this.script = script;
        this.seeds = seeds;
        this.seam = seam;
        this.verdicts = verdicts;
        this.model = CrashModel.of(script.steps());
    }

    /** A sweep of its own. */
    static CrashSweep of(CrashScript script, int seeds) {
        return new CrashSweep(script, seeds, UnaryOperator.identity(), new ConcurrentHashMap<>());
    }

    /** A life that came to its end, and the disks that it left. */
    private record Ended(CrashLife life, SimulatedDisk home, SimulatedDisk away, String moment) {}

    /** Returns how many cuts were looked at. */
    long cuts() {
        return cuts.get();
    }

    /** Cuts everywhere. Throws for the first disk that is not recovered as it must be. */
    void run() throws InterruptedException {
        Ended whole = live(disk -> {}, disk -> {}, "no cut");
        List<Runnable> work = new ArrayList<>();
        for (long operation = 1; operation <= whole.home().operations(); operation++) {
            long at = operation;
            work.add(() -> cutHome(at));
            work.add(() -> kill(at));
        }
        for (long operation = 1; operation <= whole.away().operations(); operation++) {
            long at = operation;
            work.add(() -> cutAway(at));
        }
        runAll(work);
    }

    private static void runAll(List<Runnable> work) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> running = new ArrayList<>();
            work.forEach(task -> running.add(threads.submit(task)));
            for (Future<?> task : running) {
                task.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new AssertionError(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    /** What is done to a disk before the life begins. */
    private interface Preparation {
        void prepare(SimulatedDisk disk);
    }

    private Ended live(Preparation forHome, Preparation forAway, String moment) {
        SimulatedDisk home = SimulatedDisk.empty();
        SimulatedDisk away = SimulatedDisk.empty();
        forHome.prepare(home);
        forAway.prepare(away);
        CrashLife life = new CrashLife(home, away, script.knobs(), seam);
        try {
            life.live(script.steps());
        } catch (RuntimeException e) {
            if (hasPower(home) && hasPower(away)) {
                throw new AssertionError("Only the power may fail: script=" + script + " " + moment, e);
            }
        }
        return new Ended(life, home, away, "script=" + script + " " + moment);
    }

    /** What fails in the background fails unnoticed; what was refused because of it does not name the power. */
    private static boolean hasPower(SimulatedDisk disk) {
        try {
            disk.list();
            return true;
        } catch (PowerLostException e) {
            return false;
        }
    }

    private void cutHome(long operation) {
        for (CutPart part : CutPart.values()) {
            lose(live(
                    home -> home.cutPowerAt(operation, part), away -> {}, "operation=" + operation + " part=" + part));
        }
    }

    private void cutAway(long operation) {
        for (CutPart part : CutPart.values()) {
            lose(live(home -> {}, away -> away.cutPowerAt(operation, part), "away=" + operation + " part=" + part));
        }
    }

    private void lose(Ended ended) {
        for (LossPolicy policy : LossPolicy.values()) {
            for (int seed = 0; seed < seeds(policy); seed++) {
                String moment = ended.moment() + " policy=" + policy + " seed=" + seed;
                SimulatedDisk home = ended.home().reopenAfterPowerLoss(policy, seed);
                SimulatedDisk away = ended.away().reopenAfterPowerLoss(policy, seed);
                look(ended.life(), home, away, moment);
            }
        }
    }

    private int seeds(LossPolicy policy) {
        return policy == LossPolicy.RANDOM_SUBSET || policy == LossPolicy.TORN_SECTOR ? seeds : 1;
    }

    private void look(CrashLife life, SimulatedDisk home, SimulatedDisk away, String moment) {
        cuts.incrementAndGet();
        String fingerprint = home.fingerprint() + away.fingerprint();
        CrashVerdict known = verdicts.get(fingerprint);
        if (known == null) {
            CrashVerdict found = recover(life, home, away, moment);
            known = verdicts.putIfAbsent(fingerprint, found);
            if (known == null) {
                known = found;
                if (verdicts.size() % RECOVERIES_CUT_ONE_IN == 0) {
                    cutRecovery(life, home, away, moment);
                }
            }
        }
        known.require(model, life, moment);
    }

    private CrashVerdict recover(CrashLife life, SimulatedDisk home, SimulatedDisk away, String moment) {
        try {
            return CrashVerdict.of(copy(home), copy(away), life.knobs(), script.keepsHistory(), model);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("A disk was not recovered: " + moment + " acknowledged=" + life.acknowledged(), e);
        }
    }

    /** Returns another disk with the same content. */
    private static SimulatedDisk copy(SimulatedDisk found) {
        return found.reopenAfterPowerLoss(LossPolicy.ALL_SURVIVES, 0);
    }

    private static CutPart part(long operation) {
        List<CutPart> parts = List.of(CutPart.values());
        return parts.get((int) (operation % parts.size()));
    }

    /** Cuts the power again at every operation of the recovery. */
    private void cutRecovery(CrashLife life, SimulatedDisk home, SimulatedDisk away, String moment) {
        SimulatedDisk whole = copy(home);
        SimulatedStore.open(seam.apply(whole), life.knobs()).close();
        for (long operation = 1; operation <= whole.operations(); operation++) {
            SimulatedDisk disk = copy(home);
            CutPart part = part(operation);
            disk.cutPowerAt(operation, part);
            try {
                SimulatedStore.open(seam.apply(disk), life.knobs()).close();
            } catch (RuntimeException e) {
                if (hasPower(disk)) {
                    throw new AssertionError("Only the power may fail in the recovery of " + moment, e);
                }
            }
            for (LossPolicy policy : LossPolicy.values()) {
                look(
                        life,
                        disk.reopenAfterPowerLoss(policy, operation),
                        copy(away),
                        moment + " again: operation=" + operation + " part=" + part + " policy=" + policy);
            }
        }
    }

    /** Ends the process only, lets the next one open what is there, and takes its power away afterwards. */
    private void kill(long operation) {
        CutPart part = part(operation);
        Ended ended = live(
                home -> home.endProcessAt(operation, part), away -> {}, "killed at=" + operation + " part=" + part);
        ended.home().endProcess();
        CrashLife next = new CrashLife(ended.home(), ended.away(), ended.life().knobs(), seam);
        try {
            next.open();
        } catch (RuntimeException e) {
            throw new AssertionError("A disk was not opened after a kill: " + ended.moment(), e);
        }
        CrashVerdict shown =
                CrashVerdict.shownBy(next.store(), ended.away(), ended.life().knobs(), model);
        shown.require(model, ended.life(), ended.moment());
        ended.home().cutPower();
        next.abandon();
        for (LossPolicy policy : LossPolicy.values()) {
            String moment = ended.moment() + " then policy=" + policy;
            SimulatedDisk home = ended.home().reopenAfterPowerLoss(policy, operation);
            SimulatedDisk away = ended.away().reopenAfterPowerLoss(policy, operation);
            look(ended.life(), home, away, moment);
            CrashVerdict after = verdicts.get(home.fingerprint() + away.fingerprint());
            after.requireNothingLostSince(shown, moment);
        }
    }
}
