package io.hightower.kv.cluster.check.wgl;

import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Op;
import io.hightower.kv.cluster.check.history.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds out which answer makes a history impossible: the first one, in the order of returns, that nothing explains. */
final class Explanation {
    /** Operations of the longest order that are shown before the one that does not fit. */
    static final int SHOWN_BEFORE = 4;

    /** More operations explain nothing. */
    private static final int SHOWN_MAX = 12;

    private final List<Op> history;
    private final Budget budget;

    Explanation(List<Op> history, Budget budget) {
        this.history = history;
        this.budget = budget;
    }

    /** Returns the history as it was known at a moment: what had not returned may still happen, or not. */
    static List<Op> until(List<Op> history, long nanos) {
        List<Op> known = new ArrayList<>();
        for (Op op : history) {
            if (op.returnNanos() <= nanos) {
                known.add(op);
            } else if (op.callNanos() <= nanos && op.mayWrite()) {
                known.add(op.ended(Status.INFO, Answer.NONE));
            }
        }
        return known;
    }

    /** Returns the answer after which there is no order any more; nothing if the budget does not suffice to find it. */
    Optional<Op> culprit() {
        List<Op> answered = history.stream()
                .filter(Op::isOk)
                .sorted(Comparator.comparingLong(Op::returnNanos))
                .toList();
        int low = 0;
        int high = answered.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            Search search = searchUntil(answered.get(middle));
            switch (search.run()) {
                case FOUND -> low = middle + 1;
                case NONE -> high = middle;
                case EXHAUSTED -> {
                    return Optional.empty();
                }
            }
        }
        return answered.isEmpty() ? Optional.empty() : Optional.of(answered.get(low));
    }

    private Search searchUntil(Op last) {
        return new Search(Problem.of(until(history, last.returnNanos())), budget);
    }

    /** Returns what explains a culprit: what came before it, what was under way beside it, and itself. */
    List<Op> around(Op culprit) {
        Search search = searchUntil(culprit);
        search.run();
        List<Op> shown = new ArrayList<>(search.deepest());
        history.stream()
                .filter(op -> op.mayWrite() && writesWhatIsShown(op, culprit))
                .forEach(shown::add);
        shown.add(culprit);
        for (Op op : history) {
            if (shown.size() < SHOWN_MAX && op.overlaps(culprit) && op.status() != Status.FAIL) {
                shown.add(op);
            }
        }
        return shown;
    }

    private static boolean writesWhatIsShown(Op op, Op culprit) {
        String key = op.asked().key();
        String value = op.asked().value();
        return op.asked().writesValue()
                && culprit.seen().stream()
                        .anyMatch(shown ->
                                shown.key().equals(key) && shown.value().equals(value));
    }
}
