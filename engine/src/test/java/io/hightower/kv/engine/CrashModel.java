package io.hightower.kv.engine;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * What a store must show after each of a list of steps, by the plainest store there is. <b>Used by one thread</b>; what it
 * has made is immutable.
 */
final class CrashModel {
    private final List<Seen> states = new ArrayList<>();
    private TreeMapStateStore store = new TreeMapStateStore();
    private KvState machine = new KvState(store);
    private Past past = new Past(1);

    /** What is to be seen after a prefix of the steps. Positions are left out: they depend on how entries were logged. */
    record Seen(AppliedState applied, List<KeyRecord> records, Past past) {
        boolean isSameAs(AppliedState otherApplied, List<KeyRecord> otherRecords) {
            return applied.equals(otherApplied.at(LogPosition.START)) && records.equals(otherRecords);
        }
    }

    /** All that was ever seen since the state was begun, or installed. Grows while the model does. */
    static final class Past {
        private final long base;
        private final List<KeyRecord> changes = new ArrayList<>();
        private final TreeMap<Long, List<KeyValue>> livingAt = new TreeMap<>();

        Past(long base) {
            this.base = base;
        }

        /** Returns the oldest revision of which anybody may know. */
        long base() {
            return base;
        }

        /** Returns the changes of the revisions behind {@code after} up to {@code through}. */
        List<KeyRecord> changes(long after, long through) {
            return changes.stream()
                    .filter(change -> change.modified().main() > after
                            && change.modified().main() <= through)
                    .toList();
        }

        List<KeyValue> livingAt(long revision) {
            return livingAt.get(revision);
        }
    }

    /** Begins with the state before the first step. */
    CrashModel() {
        note();
    }

    static CrashModel of(List<CrashStep> steps) {
        CrashModel model = new CrashModel();
        steps.forEach(model::add);
        return model;
    }

    void add(CrashStep step) {
        if (step instanceof CrashStep.Write write) {
            apply(write.command());
        } else if (step instanceof CrashStep.Install install) {
            store = new TreeMapStateStore();
            machine = new KvState(store);
            install.donor().commands().forEach(this::apply);
            past = new Past(store.applied().revision());
        }
        note();
    }

    private void apply(Command command) {
        long next = store.applied().position().index() + 1;
        machine.apply(new LogPosition(0, next), new Entry(0, List.of(command)));
    }

    private void note() {
        try (StoreView view = store.view()) {
            List<KeyRecord> records = StateReading.records(view);
            long revision = view.revision();
            if (!past.livingAt.containsKey(revision)) {
                if (!past.livingAt.isEmpty()) {
                    records.stream()
                            .filter(changed -> changed.modified().main() == revision)
                            .sorted(Comparator.comparing(KeyRecord::modified))
                            .forEach(past.changes::add);
                }
                past.livingAt.put(
                        revision,
                        records.stream()
                                .filter(KeyRecord::live)
                                .map(KeyRecord::toKeyValue)
                                .toList());
            }
            states.add(new Seen(view.applied().at(LogPosition.START), records, past));
        }
    }

    /** Returns the states after 0, 1, 2 and so on steps. */
    List<Seen> states() {
        return states;
    }
}
