package io.hightower.kv.cluster.check.wgl;

import io.hightower.kv.cluster.check.history.Invocation;
import io.hightower.kv.cluster.check.history.Op;
import io.hightower.kv.cluster.check.verdict.Verdict;
import java.util.List;

/**
 * Judges by searching: a history is right if its operations can be put into one order, which agrees with their times and in
 * which every answer is the one that a store gives that does one operation after the other, and is empty at first.
 */
public final class WglChecker {
    /** The name in verdicts. */
    public static final String NAME = "wgl";

    private WglChecker() {}

    /**
     * Judges a history, each group of keys by itself.
     *
     * @param history in any order
     * @param budget for each group
     */
    public static Verdict check(List<Op> history, Budget budget) {
        long written =
                history.stream().filter(op -> op.isOk() && op.asked().writes()).count();
        long observed = history.stream()
                .filter(op -> op.isOk() && op.asked().kind() != Invocation.Kind.PUT)
                .count();
        int undecided = 0;
        int groups = 0;
        for (List<Op> group : KeyGroups.of(history)) {
            groups++;
            Search search = new Search(Problem.of(group), budget);
            Search.End end = search.run();
            if (end == Search.End.NONE) {
                return explained(group, budget, search);
            }
            undecided += end == Search.End.EXHAUSTED ? 1 : 0;
        }
        String facts =
                "operations=" + history.size() + " written=" + written + " observed=" + observed + " groups=" + groups;
        if (undecided > 0) {
            return Verdict.unknown(NAME, "The budget did not suffice: undecided=" + undecided + " " + facts);
        }
        return written == 0 || observed == 0
                ? Verdict.vacuous(NAME, "Nothing was written and observed: " + facts)
                : Verdict.pass(NAME, "There is an order that explains every answer: " + facts);
    }

    private static Verdict explained(List<Op> group, Budget budget, Search search) {
        Explanation explanation = new Explanation(group, budget);
        return explanation
                .culprit()
                .map(culprit -> Verdict.fail(
                        NAME,
                        "No order of the operations explains this answer: " + culprit,
                        explanation.around(culprit)))
                .orElseGet(() -> Verdict.fail(NAME, "No order of the operations explains them all", search.deepest()));
    }
}
