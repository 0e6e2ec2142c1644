package io.hightower.kv.cluster.guarantees.history;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import java.util.List;

/** Judges the conditions of transactions for the model. */
final class Condition {
    /** Stands for a key that holds no value. */
    private static final KeyValue NOTHING = new KeyValue(Bytes.EMPTY, Bytes.EMPTY, 0, 0, 0, 0, KeyRecord.NO_LEASE);

    private Condition() {}

    static boolean holds(Compare compare, Moment moment) {
        List<KeyValue> living = moment.scan(compare.range());
        if (living.isEmpty()) {
            return compare.target() != Compare.Target.VALUE && holds(compare, NOTHING);
        }
        return living.stream().allMatch(held -> holds(compare, held));
    }

    private static boolean holds(Compare compare, KeyValue held) {
        int order =
                switch (compare.target()) {
                    case VERSION -> Long.compare(held.version(), compare.number());
                    case CREATE -> Long.compare(held.createRevision(), compare.number());
                    case MODIFY -> Long.compare(held.modRevision(), compare.number());
                    case LEASE -> Long.compare(held.lease(), compare.number());
                    case VALUE -> held.value().compareTo(compare.value());
                };
        return switch (compare.operator()) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
        };
    }
}
