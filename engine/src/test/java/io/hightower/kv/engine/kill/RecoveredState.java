package io.hightower.kv.engine.kill;

import io.hightower.kv.engine.kill.WriterScript.Origin;
import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StoreView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a store may hold after a kill: for each thread what a number of its steps make, at least those that were acknowledged and
 * at most those that can have been begun. <b>Immutable.</b>
 *
 * @param seed of the scripts
 * @param acknowledged for each thread its last step that was acknowledged or found
 */
record RecoveredState(long seed, List<Long> acknowledged) {
    /** Looks at everything that the store shows and returns how many steps of each thread were done. */
    List<Long> in(LocalEngine store) {
        return store.readWith(view -> {
            requireConsistent((StoreView) view);
            List<Long> found = new ArrayList<>();
            long keys = 0;
            for (int thread = 0; thread < acknowledged.size(); thread++) {
                TreeMap<Bytes, Origin> shown = shown(view, new WriterScript(seed, thread));
                keys += shown.size();
                found.add(stepsDone(new WriterScript(seed, thread), shown));
            }
            require(keys == view.len(), "all keys are some thread's: keys=" + view.len() + " of threads=" + keys);
            return found;
        });
    }

    private static void requireConsistent(StoreView view) {
        AppliedState applied = view.applied();
        List<KeyRecord> records = StateReading.records(view);
        long living = records.stream().filter(KeyRecord::live).count();
        require(
                applied.liveKeys() == living && applied.tombstones() == records.size() - living,
                "the counts are those of the records: " + applied + " living=" + living + " of " + records.size());
        require(
                applied.recordsHash() == StateReading.recordsHash(records),
                "the hash is that of the records: " + applied);
        require(view.count(KeyRange.all()) == living, "a scan comes to every living record");
    }

    private static TreeMap<Bytes, Origin> shown(ReadView view, WriterScript script) {
        TreeMap<Bytes, Origin> shown = new TreeMap<>();
        for (KeyValue entry : view.scan(script.range(), ReadView.NO_LIMIT)) {
            shown.put(entry.key(), script.originOf(entry.value()));
        }
        for (Bytes key : script.keys()) {
            Optional<Origin> alone = view.get(key).map(KeyValue::value).map(script::originOf);
            require(
                    alone.equals(Optional.ofNullable(shown.get(key))),
                    "a key alone is what a scan shows: key=" + key + " alone=" + alone + " scan=" + shown.get(key));
        }
        return shown;
    }

    private long stepsDone(WriterScript script, TreeMap<Bytes, Origin> shown) {
        long least = acknowledged.get(script.thread());
        long most = least + VictimProgram.underWayMax(script.thread());
        TreeMap<Bytes, Origin> picture = new TreeMap<>();
        for (long step = 0; step <= most; step++) {
            if (step > 0) {
                script.applyTo(picture, step);
            }
            if (step >= least && picture.equals(shown)) {
                return step;
            }
        }
        throw new AssertionError("Not what " + least + " to " + most + " steps make: thread=" + script.thread() + " "
                + difference(script, shown, least) + lostSince(script, shown, least));
    }

    private static String difference(WriterScript script, TreeMap<Bytes, Origin> shown, long steps) {
        TreeMap<Bytes, Origin> picture = new TreeMap<>();
        for (long step = 1; step <= steps; step++) {
            script.applyTo(picture, step);
        }
        StringBuilder text = new StringBuilder("difference from step " + steps + ":");
        for (Bytes key : script.keys()) {
            Origin expected = picture.get(key);
            Origin found = shown.get(key);
            if (!Optional.ofNullable(expected).equals(Optional.ofNullable(found))) {
                text.append(' ').append(key).append(" expected=").append(expected);
                text.append(" found=").append(found).append(';');
            }
        }
        return text.toString();
    }

    private static String lostSince(WriterScript script, TreeMap<Bytes, Origin> shown, long acknowledged) {
        TreeMap<Bytes, Origin> picture = new TreeMap<>();
        long last = -1;
        for (long step = 1; step <= acknowledged; step++) {
            script.applyTo(picture, step);
            if (picture.equals(shown)) {
                last = step;
            }
        }
        return last < 0 ? " no earlier step either" : " lost: it is what " + last + " steps make";
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("It does not hold that " + what);
        }
    }
}
