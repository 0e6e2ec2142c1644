package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.Change;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Result;
import java.util.List;

/** Says where two readings differ, since both may be long. */
final class Differences {
    private Differences() {}

    static String first(Result.RangeResult expected, Result.RangeResult found) {
        List<KeyValue> wanted = expected.keyValues();
        List<KeyValue> shown =
                found.keyValues().stream().map(Change::comparable).toList();
        for (int i = 0; i < Math.min(wanted.size(), shown.size()); i++) {
            if (!wanted.get(i).equals(shown.get(i))) {
                return "at=" + i + " expected=" + wanted.get(i) + " found=" + shown.get(i);
            }
        }
        return "expectedKeys=" + wanted.size() + " foundKeys=" + shown.size() + " expectedCount=" + expected.count()
                + " foundCount=" + found.count() + " expectedMore=" + expected.more() + " foundMore=" + found.more();
    }
}
