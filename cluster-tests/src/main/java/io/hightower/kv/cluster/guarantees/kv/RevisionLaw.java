package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.EventLog;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Revisions count changes: a write is answered with a revision greater than any that was known when it began, no two writes have
 * the same one, everything else is answered with at least the greatest that was known, and between the first and the last
 * revision none is without a change.
 */
public final class RevisionLaw implements Guarantee {
    private static final String WRITES = "writes after another operation";
    private static final String OTHERS = "readings after another operation";
    private static final String REVISIONS = "revisions";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, WRITES, OTHERS, REVISIONS);
        checkRealTime(history.answered(), findings);
        checkOwners(history.answered(), findings);
        checkGaps(history, findings);
        return findings.judgement();
    }

    /** Goes through calls in their order, beside it through returns in theirs, and keeps the greatest revision returned. */
    private static void checkRealTime(List<Operation> calls, Findings findings) {
        List<Operation> returns = new ArrayList<>(calls);
        returns.sort(Comparator.comparingLong(Operation::returnNanos));
        Operation greatest = null;
        int over = 0;
        for (Operation next : calls) {
            while (over < returns.size() && returns.get(over).precedes(next)) {
                Operation returned = returns.get(over++);
                greatest = greatest == null || revision(returned) > revision(greatest) ? returned : greatest;
            }
            if (greatest != null) {
                boolean write = next.hasEffect();
                findings.judged(write ? WRITES : OTHERS);
                long least = revision(greatest) + (write ? 1 : 0);
                if (revision(next) < least) {
                    findings.violated(
                            "An operation was answered with an older revision than one that was over before it began:"
                                    + " revision=" + revision(next) + " least=" + least,
                            next,
                            greatest);
                }
            }
        }
    }

    private static long revision(Operation operation) {
        return operation.answer().map(Result::revision).orElse(0L);
    }

    private static void checkOwners(List<Operation> answered, Findings findings) {
        Map<Long, Operation> owners = new HashMap<>();
        for (Operation next : answered) {
            Operation other = next.hasEffect() ? owners.putIfAbsent(revision(next), next) : null;
            if (other != null) {
                findings.violated(
                        "Two writes were answered with one revision: revision=" + revision(next), other, next);
            }
        }
    }

    private static void checkGaps(History history, Findings findings) {
        EventLog log = history.log();
        long last = log.last();
        for (Operation next : history.answered()) {
            last = Math.max(last, revision(next));
        }
        for (long revision = Revision.EMPTY_STORE + 1; revision <= last; revision++) {
            findings.judged(REVISIONS);
            if (log.at(revision).isEmpty()) {
                findings.violated("A revision has no change that anybody saw: revision=" + revision + " last=" + last);
            }
        }
    }
}
