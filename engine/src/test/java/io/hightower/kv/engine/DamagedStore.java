package io.hightower.kv.engine;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A store with one damaged file, and the question whether anything that it says is wrong. <b>Used by one thread.</b> */
final class DamagedStore {
    private final Disk disk;
    private final SimulatedStore.Knobs knobs;
    private final Expected expected;
    private final String damaged;
    private int failures;

    /** What came of the damage. */
    enum Outcome {
        /** The store does not open, and says why. */
        REFUSED,
        /** Some answers are errors, the others right. */
        PARTLY_READABLE,
        /** Everything is answered, and rightly. */
        RIGHT
    }

    /** What is to be read. */
    record Expected(
            AppliedState applied,
            List<KeyRecord> records,
            List<KeyValue> living,
            List<KeyRecord> changes,
            long middle,
            List<KeyValue> livingInTheMiddle) {
        static Expected of(LogStructuredStore store) {
            try (StoreView view = store.view()) {
                long middle = (view.oldestRevision() + view.revision()) / 2;
                return new Expected(
                        view.applied(),
                        StateReading.records(view),
                        view.scan(KeyRange.all(), ReadView.NO_LIMIT),
                        allChanges(view),
                        middle,
                        view.at(middle).scan(KeyRange.all(), ReadView.NO_LIMIT));
            }
        }

        private static List<KeyRecord> allChanges(StoreView view) {
            List<KeyRecord> changes = new ArrayList<>();
            try (StoreView.RecordCursor cursor = view.changes(view.oldestRevision() + 1)) {
                while (cursor.next()) {
                    changes.add(cursor.current());
                }
            }
            return changes;
        }
    }

    /** Says which file is damaged, so that what lies in others must stay readable. */
    DamagedStore(Disk disk, SimulatedStore.Knobs knobs, Expected expected, String damaged) {
        this.disk = disk;
        this.knobs = knobs;
        this.expected = expected;
        this.damaged = damaged;
    }

    /** Opens the store if it can be opened, and reads everything. Throws if an answer is wrong. */
    Outcome look() {
        Optional<TableMeta> table = damagedTable();
        SimulatedStore store;
        try {
            store = SimulatedStore.open(disk, knobs);
        } catch (HightowerException e) {
            return Outcome.REFUSED;
        }
        try (StoreView view = store.store().view()) {
            require(
                    view.applied()
                            .at(LogPosition.START)
                            .equals(expected.applied().at(LogPosition.START)),
                    "the scalars are right: " + view.applied());
            for (KeyRecord written : expected.records()) {
                requireReadable(view, written, table);
            }
            requirePrefix(() -> records(view), expected.records(), "records");
            requirePrefix(() -> living(view, ReadView.Order.ASCENDING), expected.living(), "values");
            List<KeyValue> backwards = new ArrayList<>(expected.living());
            Collections.reverse(backwards);
            requirePrefix(() -> living(view, ReadView.Order.DESCENDING), backwards, "values backwards");
            requirePrefix(
                    () -> living(view.at(expected.middle()), ReadView.Order.ASCENDING),
                    expected.livingInTheMiddle(),
                    "values at an older revision");
            requirePrefix(() -> changes(view), expected.changes(), "changes");
        } finally {
            store.abandon();
        }
        return failures == 0 ? Outcome.RIGHT : Outcome.PARTLY_READABLE;
    }

    private Optional<TableMeta> damagedTable() {
        if (!damaged.endsWith(".table")) {
            return Optional.empty();
        }
        return ManifestFile.read(disk, SimulatedStore.STORE_ID).orElseThrow().tables().stream()
                .filter(table -> table.fileName().equals(damaged))
                .findFirst();
    }

    private void requireReadable(StoreView view, KeyRecord written, Optional<TableMeta> table) {
        Bytes key = written.key();
        try {
            Optional<KeyValue> found = view.get(key);
            Optional<KeyValue> right = written.live() ? Optional.of(written.toKeyValue()) : Optional.empty();
            require(found.equals(right), "the value of " + key + " is right: " + found);
        } catch (CorruptionException e) {
            failures++;
            boolean mayFail = table.isPresent()
                    && table.get().firstKey().compareTo(key) <= 0
                    && key.compareTo(table.get().lastKey()) <= 0;
            require(mayFail, "what does not lie in " + damaged + " is readable: key=" + key + " failure=" + e);
        }
    }

    /** Where a cursor stands, and the move to the next place. */
    private record Reading<T>(BooleanSupplier next, Supplier<T> current, Runnable close) {}

    private static Reading<KeyRecord> records(StoreView view) {
        StoreView.RecordCursor cursor = view.records();
        return new Reading<>(cursor::next, cursor::current, cursor::close);
    }

    private static Reading<KeyRecord> changes(StoreView view) {
        StoreView.RecordCursor cursor = view.changes(view.oldestRevision() + 1);
        return new Reading<>(cursor::next, cursor::current, cursor::close);
    }

    private static Reading<KeyValue> living(ReadView view, ReadView.Order order) {
        ReadView.KeyCursor cursor = view.cursor(KeyRange.all(), order);
        return new Reading<>(cursor::next, cursor::current, cursor::close);
    }

    /** Reads to the end, or to where the damage is found: up to there it must be right. */
    private <T> void requirePrefix(Supplier<Reading<T>> opening, List<T> right, String what) {
        int read = 0;
        try {
            Reading<T> reading = opening.get();
            try {
                while (reading.next().getAsBoolean()) {
                    T found = reading.current().get();
                    require(read < right.size() && found.equals(right.get(read)), what + " are right: " + found);
                    read++;
                }
            } finally {
                reading.close().run();
            }
            require(read == right.size(), what + " are all there: read=" + read + " of=" + right.size());
        } catch (CorruptionException e) {
            failures++;
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("It does not hold that " + what);
        }
    }
}
