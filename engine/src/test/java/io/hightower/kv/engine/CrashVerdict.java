package io.hightower.kv.engine;

import io.hightower.kv.engine.CrashModel.Seen;
import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.storage.lsm.BackgroundWork;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;

/**
 * What a disk turned out to hold: the states of the steps from {@code first} to {@code last}, which are all the same, and in
 * the other directory the same way those from {@code copiedFirst} on, or nothing. <b>Immutable.</b>
 */
record CrashVerdict(int first, int last, int copiedFirst, int copiedLast) {
    private static final int NONE = -1;
    private static final Bytes AFTER = Bytes.utf8("after");
    private static final Bytes CRASH = Bytes.utf8("the crash");

    /**
     * Recovers a disk and looks at everything that it shows; then writes once more and recovers it again.
     *
     * @param whole whether all versions since the beginning must be there
     */
    static CrashVerdict of(
            SimulatedDisk home, SimulatedDisk away, SimulatedStore.Knobs knobs, boolean whole, CrashModel model) {
        CrashVerdict verdict;
        long keys;
        try (SimulatedStore store = SimulatedStore.open(home, knobs)) {
            verdict = shownBy(store, away, knobs, model);
            requireHistory(store, model.states().get(verdict.last), whole);
            store.replication().submitAndWait(Command.put(AFTER, CRASH));
            keys = store.store().applied().liveKeys();
        }
        SimulatedDisk again = home.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 0);
        try (SimulatedStore store = SimulatedStore.open(again, knobs);
                StoreView view = store.store().view()) {
            require(view.get(AFTER).map(KeyValue::value).filter(CRASH::equals).isPresent(), "the store goes on");
            require(view.scan(KeyRange.all(), ReadView.NO_LIMIT).size() == keys, "the store keeps what it recovered");
        }
        return verdict;
    }

    /** Finds the steps whose state a store shows. */
    static CrashVerdict shownBy(
            SimulatedStore store, SimulatedDisk away, SimulatedStore.Knobs knobs, CrashModel model) {
        int[] here = find(store.store(), model);
        int[] there = {NONE, NONE};
        if (away.exists(ManifestFile.FILE)) {
            try (LogStructuredStore copied = LogStructuredStore.open(
                    away, SimulatedStore.STORE_ID, knobs.store(), BackgroundWork.onCallersThread())) {
                there = find(copied, model);
            }
        }
        return new CrashVerdict(here[0], here[1], there[0], there[1]);
    }

    private static int[] find(LogStructuredStore store, CrashModel model) {
        try (StoreView view = store.view()) {
            AppliedState applied = view.applied();
            List<KeyRecord> records = StateReading.records(view);
            List<Seen> states = model.states();
            int last = states.size() - 1;
            while (last >= 0 && !states.get(last).isSameAs(applied, records)) {
                last--;
            }
            require(last >= 0, "the state is that of a prefix: found=" + applied + " records=" + records);
            int first = last;
            while (first > 0 && states.get(first - 1).isSameAs(applied, records)) {
                first--;
            }
            return new int[] {first, last};
        }
    }

    /** Checks that older revisions and the changes since then are shown as they were. */
    static void requireHistory(SimulatedStore store, Seen expected, boolean whole) {
        try (StoreView view = store.store().view()) {
            CrashModel.Past past = expected.past();
            long oldest = view.oldestRevision();
            require(!whole || oldest <= past.base(), "all versions are kept: oldest=" + oldest);
            require(
                    changes(view, oldest + 1).equals(past.changes(oldest, view.revision())),
                    "all changes since " + oldest + " are there, and no others");
            long from = Math.max(oldest, past.base());
            for (long revision : new long[] {from, (from + view.revision()) / 2, view.revision()}) {
                require(
                        view.at(revision)
                                .scan(KeyRange.all(), ReadView.NO_LIMIT)
                                .equals(past.livingAt(revision)),
                        "values at revision " + revision + " are what they were");
            }
        }
    }

    private static List<KeyRecord> changes(StoreView view, long from) {
        List<KeyRecord> changes = new ArrayList<>();
        try (StoreView.RecordCursor cursor = view.changes(from)) {
            while (cursor.next()) {
                changes.add(cursor.current());
            }
        }
        return changes;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("It does not hold that " + what);
        }
    }

    /** Checks that this may be found when the power fails in {@code life}. */
    void require(CrashModel model, CrashLife life, String moment) {
        require(last >= life.acknowledged(), "nothing acknowledged is lost: " + describe(life, moment));
        require(first <= life.begun(), "nothing is invented: " + describe(life, moment));
    }

    /** Checks that what a store has shown is still there. */
    void requireNothingLostSince(CrashVerdict shown, String moment) {
        require(last >= shown.first, "what was recovered once is not lost later: " + moment);
    }

    private String describe(CrashLife life, String moment) {
        return moment + " found=" + this + " acknowledged=" + life.acknowledged() + " begun=" + life.begun();
    }
}
