package io.hightower.kv.cluster.guarantees.law;

import io.hightower.kv.cluster.guarantees.history.History;

/**
 * A promise of the store that can be held against a recorded run. It never accuses a correct store: where a history allows two
 * readings, it takes the one that is fine. <b>Immutable.</b>
 */
public interface Guarantee {
    /** Returns its name, under which reports and documents know it. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** Judges a run. */
    Judgement check(History history);
}
