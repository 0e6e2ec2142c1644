package io.hightower.kv.cluster.guarantees.law;

import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import java.util.List;

/**
 * One way in which a run broke a guarantee. <b>Immutable.</b>
 *
 * @param sentence what happened and what should have, with the facts
 * @param operations the operations concerned
 * @param watches the watches concerned
 */
public record Violation(String sentence, List<Operation> operations, List<WatchSession> watches) {
    /** Copies the lists. */
    public Violation {
        operations = List.copyOf(operations);
        watches = List.copyOf(watches);
    }

    /** Writes the sentence, and everything that it is about. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(sentence);
        operations.forEach(operation -> text.append("\n      ").append(operation));
        watches.forEach(watch -> text.append("\n      ").append(watch));
        return text.toString();
    }
}
