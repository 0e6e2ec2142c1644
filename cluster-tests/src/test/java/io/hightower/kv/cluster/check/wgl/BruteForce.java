package io.hightower.kv.cluster.check.wgl;

import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Invocation;
import io.hightower.kv.cluster.check.history.Op;
import io.hightower.kv.cluster.check.history.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Tries every order of the operations that agrees with their times, without any cleverness. */
final class BruteForce {
    private final List<Op> history;

    /**
     * What a key holds.
     *
     * @param value the value
     * @param revision what the store told its writer, 0 if nothing
     */
    private record Held(String value, long revision) {}

    private BruteForce(List<Op> history) {
        this.history = history;
    }

    static boolean isLinearizable(List<Op> history) {
        List<Op> relevant = history.stream()
                .filter(op ->
                        op.isOk() || (op.status() == Status.INFO && op.asked().writes()))
                .toList();
        return new BruteForce(history).canFinish(relevant, new TreeMap<>());
    }

    private boolean canFinish(List<Op> left, Map<String, Held> store) {
        if (left.stream().noneMatch(Op::isOk)) {
            return true;
        }
        for (Op op : left) {
            boolean first = left.stream().noneMatch(other -> other.isOk() && other.returnNanos() < op.callNanos());
            if (first) {
                Map<String, Held> after = new TreeMap<>(store);
                List<Op> rest = new ArrayList<>(left);
                rest.remove(op);
                if (perform(op, after) && canFinish(rest, after)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Does an operation; tells whether its answer can be right. */
    private boolean perform(Op op, Map<String, Held> store) {
        Invocation asked = op.asked();
        Answer told = op.told();
        switch (asked.kind()) {
            case PUT -> {
                store.put(asked.key(), written(op));
                return true;
            }
            case GET -> {
                Held held = store.get(asked.key());
                return held == null
                        ? !told.found()
                        : told.found() && held.value().equals(told.out());
            }
            case DELETE -> {
                List<String> gone =
                        store.keySet().stream().filter(asked::covers).toList();
                gone.forEach(store::remove);
                return !op.isOk() || told.deleted() == Answer.UNTOLD || told.deleted() == gone.size();
            }
            case RANGE -> {
                return shows(asked, told, store);
            }
            default -> {
                return compareAndWrite(op, store)
                        && (asked.kind() == Invocation.Kind.CAS || !op.isOk() || shows(asked, told, store));
            }
        }
    }

    private boolean compareAndWrite(Op op, Map<String, Held> store) {
        boolean succeeded = !op.isOk() || op.told().succeeded();
        boolean canBe = canMatch(store.get(op.asked().key()), op, succeeded);
        if (succeeded) {
            store.put(op.asked().key(), written(op));
        }
        return canBe;
    }

    private boolean canMatch(Held held, Op op, boolean wanted) {
        long expected = op.asked().expectRevision();
        if (held == null || expected == 0) {
            return (held == null && expected == 0) == wanted;
        }
        if (held.revision() != 0) {
            return (held.revision() == expected) == wanted;
        }
        boolean belongsToAnother = history.stream()
                .anyMatch(other -> other.hasWritten()
                        && other.asked().writesValue()
                        && other.asked().key().equals(op.asked().key())
                        && other.told().revision() == expected);
        return !wanted || !belongsToAnother;
    }

    private static Held written(Op op) {
        return new Held(op.asked().value(), op.told().revision());
    }

    private static boolean shows(Invocation asked, Answer told, Map<String, Held> store) {
        Map<String, String> held = new HashMap<>();
        store.forEach((key, now) -> {
            if (asked.covers(key)) {
                held.put(key, now.value());
            }
        });
        Map<String, String> shown = new HashMap<>();
        told.kvs().forEach(next -> shown.put(next.key(), next.value()));
        return held.equals(shown);
    }
}
