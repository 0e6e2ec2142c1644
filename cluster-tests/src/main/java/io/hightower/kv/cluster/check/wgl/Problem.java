package io.hightower.kv.cluster.check.wgl;

import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Invocation;
import io.hightower.kv.cluster.check.history.Op;
import io.hightower.kv.cluster.check.history.Status;
import io.hightower.kv.cluster.check.wgl.Step.Demand;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * A history as the search needs it. Writes of unknown outcome are made easy where that changes nothing: one whose value was
 * seen, and which alone wrote this value, has happened, and no later than that; one whose value was never seen is left out,
 * unless an answer may depend on it without showing it. <b>Used by one thread at a time.</b>
 */
final class Problem {
    private final NavigableMap<String, Integer> keys = new TreeMap<>();
    private final States states = new States();
    private final List<Step> steps = new ArrayList<>();

    /** When a value was seen first, by key and value. */
    private final Map<List<String>, Long> seenNanos = new HashMap<>();

    /** How many operations may have written a value, by key and value. */
    private final Map<List<String>, Integer> writers = new HashMap<>();

    /** The keys of which an answer tells something without showing a value. */
    private final Set<String> hinted = new HashSet<>();

    private Problem() {}

    /** Prepares the search for an order of these operations, which work on a store that is empty at first. */
    static Problem of(List<Op> history) {
        Problem problem = new Problem();
        history.stream()
                .filter(op -> op.status() != Status.FAIL)
                .sorted(Comparator.comparingLong(Op::callNanos))
                .forEach(problem::survey);
        int number = 0;
        for (String key : List.copyOf(problem.keys.keySet())) {
            problem.keys.put(key, number++);
        }
        List<Op> ops = history.stream()
                .filter(op -> op.isOk() || op.mayWrite())
                .sorted(Comparator.comparingLong(Op::callNanos))
                .toList();
        // The revisions of all writes are known before any comparison is judged.
        ops.forEach(problem::learnRevision);
        ops.forEach(problem::findHints);
        ops.forEach(problem::compile);
        return problem;
    }

    List<Step> steps() {
        return steps;
    }

    States states() {
        return states;
    }

    int keyCount() {
        return keys.size();
    }

    private void survey(Op op) {
        Invocation asked = op.asked();
        keys.put(asked.key(), 0);
        if (asked.writesValue() && (!op.isOk() || op.hasWritten())) {
            writers.merge(List.of(asked.key(), asked.value()), 1, Integer::sum);
        }
        for (Answer.Shown shown : op.seen()) {
            keys.put(shown.key(), 0);
            // What a transaction shows of its own write is no news.
            if (!(op.hasWritten() && shown.key().equals(asked.key()))) {
                seen(shown.key(), shown.value(), op);
            }
        }
    }

    private void seen(String key, String value, Op by) {
        seenNanos.merge(List.of(key, value), by.returnNanos(), Math::min);
    }

    private void learnRevision(Op op) {
        if (op.hasWritten() && op.asked().writesValue()) {
            written(op);
        }
    }

    private int written(Op op) {
        return states.written(
                key(op), states.value(op.asked().value()), op.told().revision());
    }

    private int key(Op op) {
        return keys.getOrDefault(op.asked().key(), 0);
    }

    private void findHints(Op op) {
        Invocation asked = op.asked();
        if (asked.kind() == Invocation.Kind.DELETE && op.told().deleted() > 0) {
            keys.keySet().stream().filter(asked::covers).forEach(hinted::add);
        }
        boolean mayHaveSucceeded = op.told().succeeded() || !op.isOk();
        boolean knowsWrite =
                mayHaveSucceeded && (asked.expectRevision() == 0 || states.isKnown(key(op), asked.expectRevision()));
        if (asked.compares() && !knowsWrite) {
            hinted.add(asked.key());
        }
    }

    private void compile(Op op) {
        Invocation asked = op.asked();
        switch (asked.kind()) {
            case PUT -> compileWrite(op, Demand.NONE);
            case GET -> {
                long value = op.told().found() ? states.value(op.told().out()) : Cover.NOTHING;
                steps.add(new Step(op, op.returnNanos(), key(op), Demand.HOLDS, value, Step.KEEPS, Cover.NONE));
            }
            case RANGE ->
                steps.add(new Step(op, op.returnNanos(), key(op), Demand.NONE, 0, Step.KEEPS, shownCover(op)));
            case DELETE -> {
                boolean counted = op.isOk() && op.told().deleted() != Answer.UNTOLD;
                Demand demand = counted ? Demand.COUNT : Demand.NONE;
                steps.add(new Step(
                        op,
                        op.effectUntilNanos(),
                        key(op),
                        demand,
                        op.told().deleted(),
                        Step.KEEPS,
                        Cover.deleted(covered(asked))));
            }
            case CAS, TXN -> {
                boolean failed = op.isOk() && !op.told().succeeded();
                compileWrite(op, failed ? Demand.NOT_CHANGED_BY : Demand.CHANGED_BY);
            }
        }
    }

    private void compileWrite(Op op, Demand demand) {
        Invocation asked = op.asked();
        if (op.isOk()) {
            int state = op.hasWritten() ? written(op) : Step.KEEPS;
            Cover cover = asked.kind() == Invocation.Kind.TXN ? shownCover(op) : Cover.NONE;
            steps.add(new Step(op, op.returnNanos(), key(op), demand, asked.expectRevision(), state, cover));
            return;
        }
        List<String> write = List.of(asked.key(), asked.value());
        Long seen = seenNanos.get(write);
        if (seen == null && !hinted.contains(asked.key())) {
            return;
        }
        long until = seen != null && writers.getOrDefault(write, 0) == 1 ? seen : Op.NEVER;
        int value = seen == null ? States.UNSEEN : states.value(asked.value());
        int state = states.written(key(op), value, States.UNTOLD);
        steps.add(new Step(op, until, key(op), demand, asked.expectRevision(), state, Cover.NONE));
    }

    private Cover shownCover(Op op) {
        return Cover.shown(covered(op.asked()), shown(op));
    }

    private int[] covered(Invocation asked) {
        return keys.tailMap(asked.key(), true).entrySet().stream()
                .takeWhile(entry -> asked.covers(entry.getKey()))
                .mapToInt(Map.Entry::getValue)
                .toArray();
    }

    private int[] shown(Op op) {
        boolean showsOthers =
                op.told().kvs().stream().anyMatch(shown -> !op.asked().covers(shown.key()));
        Map<String, String> values = new HashMap<>();
        op.told().kvs().forEach(shown -> values.put(shown.key(), shown.value()));
        return keys.tailMap(op.asked().key(), true).keySet().stream()
                .takeWhile(op.asked()::covers)
                .mapToInt(key -> showsOthers ? Cover.IMPOSSIBLE : shown(values, key))
                .toArray();
    }

    private int shown(Map<String, String> values, String key) {
        String value = values.get(key);
        return value == null ? Cover.NOTHING : states.value(value);
    }
}
