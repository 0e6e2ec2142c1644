package io.hightower.kv.cluster.check;

import io.hightower.kv.cluster.check.history.Op;
import io.hightower.kv.cluster.check.verdict.Verdict;
import io.hightower.kv.cluster.check.wgl.Budget;
import io.hightower.kv.cluster.check.wgl.WglChecker;
import io.hightower.kv.cluster.check.witness.WitnessChecker;
import java.util.ArrayList;
import java.util.List;

/** Judges a history by every checker that can, and a run by what it was made for. */
public final class Judge {
    private static final String EVIDENCE = "evidence";

    private Judge() {}

    /**
     * Returns the worst verdict of all checkers. The witness is heard only if the answers tell revisions.
     *
     * @param history in any order, of everybody who wrote to a store that was empty at first
     * @param evidence what has to have happened; otherwise the verdict is at best vacuous
     */
    public static Verdict judge(List<Op> history, Evidence... evidence) {
        List<Verdict> verdicts = new ArrayList<>();
        if (WitnessChecker.applies(history)) {
            verdicts.add(WitnessChecker.check(history));
        }
        verdicts.add(WglChecker.check(history, Budget.DEFAULT));
        for (Evidence next : evidence) {
            if (!next.happened()) {
                verdicts.add(Verdict.vacuous(EVIDENCE, "What the run was made for did not happen: " + next));
            }
        }
        return Verdict.worst(verdicts);
    }
}
