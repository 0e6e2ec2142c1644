package io.hightower.kv.engine;

import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The life of a store on simulated disks, step by step, until it is over or something fails. <b>Used by one thread at a
 * time.</b>
 */
final class CrashLife {
    private final SimulatedDisk home;
    private final SimulatedDisk away;
    private final UnaryOperator<Disk> seam;
    private SimulatedStore.Knobs knobs;
    private SimulatedStore store;
    private int begun;
    private int acknowledged;

    /**
     * Opens nothing yet.
     *
     * @param home where the store lives
     * @param away where it is copied to
     * @param seam what stands between the store and its home
     */
    CrashLife(SimulatedDisk home, SimulatedDisk away, SimulatedStore.Knobs knobs, UnaryOperator<Disk> seam) {
        this.home = home;
        this.away = away;
        this.knobs = knobs;
        this.seam = seam;
    }

    /** Returns how many steps were begun. */
    int begun() {
        return begun;
    }

    /** Returns how many steps returned: what they did is promised. */
    int acknowledged() {
        return acknowledged;
    }

    /** Returns the knobs that the store was opened with last. */
    SimulatedStore.Knobs knobs() {
        return knobs;
    }

    SimulatedStore store() {
        return store;
    }

    void open() {
        store = SimulatedStore.open(seam.apply(home), knobs);
    }

    /** Opens the store, takes all steps and closes it. What fails is thrown, with the store abandoned. */
    void live(List<CrashStep> steps) {
        try {
            open();
            for (CrashStep step : steps) {
                take(step);
            }
            store.close();
        } catch (Throwable e) {
            abandon();
            throw e;
        }
    }

    /** Closes the store as a process does that ends without closing it. */
    void abandon() {
        if (store != null) {
            store.abandon();
        }
    }

    void take(CrashStep step) {
        begun++;
        perform(step);
        acknowledged++;
        if (knobs.backgroundEvery() > 0 && begun % knobs.backgroundEvery() == 0) {
            store.doBackgroundWork();
        }
    }

    /** Says that the last step was refused, with nothing done. */
    void refused() {
        acknowledged++;
    }

    private void perform(CrashStep step) {
        if (step instanceof CrashStep.Write write) {
            store.replication().submitAndWait(write.command());
        } else if (step instanceof CrashStep.Checkpoint) {
            store.replication().checkpoint();
        } else if (step instanceof CrashStep.Compact) {
            store.store().compact();
            store.replication().checkpoint();
        } else if (step instanceof CrashStep.Flush) {
            store.replication().flush();
        } else if (step instanceof CrashStep.Tend) {
            store.store().tend();
            store.replication().trimLog();
        } else if (step instanceof CrashStep.CopyAway) {
            store.store().checkpointTo(away);
        } else if (step instanceof CrashStep.Install install) {
            install(install.donor());
        } else if (step instanceof CrashStep.Reopen reopen) {
            reopen(reopen);
        }
    }

    private void install(CrashDonor donor) {
        try {
            store.replication().installSnapshot(donor.files());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void reopen(CrashStep.Reopen reopen) {
        if (reopen.killed()) {
            home.endProcess();
            store.abandon();
        } else {
            store.close();
        }
        knobs = reopen.knobs();
        open();
    }
}
