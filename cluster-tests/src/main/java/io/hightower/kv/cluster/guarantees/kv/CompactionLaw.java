package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import java.util.List;

/**
 * Below the compact revision reading is refused, at it and above it works, and the compact revision never goes back. What
 * readings show is judged by {@link HistoricReadEqualsReplay}.
 */
public final class CompactionLaw implements Guarantee {
    private static final String BELOW = "readings below the compact revision";
    private static final String EXACTLY = "readings at exactly the compact revision";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, BELOW, EXACTLY);
        List<Operation> compactions = history.compactions();
        for (Operation next : history.answered()) {
            Result answer = next.answer().orElseThrow();
            if (next.reading().isPresent() && next.reading().get().revision() != RangeRequest.NEWEST) {
                checkReading(compactions, next, next.reading().get().revision(), answer, findings);
            }
            if (next.command().orElse(null) instanceof Command.Compact compact) {
                checkCompaction(compactions, next, compact.revision(), answer, findings);
            }
        }
        return findings.judgement();
    }

    private static void checkReading(
            List<Operation> compactions, Operation reading, long revision, Result answer, Findings findings) {
        boolean refused = answer instanceof Result.Refused why && why.refusal() == Refusal.COMPACTED;
        for (Operation compaction : compactions) {
            if (isDone(compaction) && compaction.precedes(reading)) {
                if (revision < revisionOf(compaction)) {
                    findings.judged(BELOW);
                    if (answer instanceof Result.RangeResult) {
                        findings.violated(
                                "A revision was read although it had been compacted: revision=" + revision,
                                reading,
                                compaction);
                    }
                } else if (revision == revisionOf(compaction) && !refused) {
                    findings.judged(EXACTLY);
                }
            }
        }
        boolean mayBeCompacted = compactions.stream()
                .anyMatch(next -> revision < revisionOf(next) && next.callNanos() <= reading.returnNanos());
        if (refused && !mayBeCompacted) {
            findings.violated(
                    "A revision was refused as compacted that nobody had compacted: revision=" + revision, reading);
        }
    }

    private static void checkCompaction(
            List<Operation> compactions, Operation compaction, long revision, Result answer, Findings findings) {
        for (Operation earlier : compactions) {
            if (isDone(earlier)
                    && earlier.precedes(compaction)
                    && revision <= revisionOf(earlier)
                    && answer instanceof Result.CompactResult) {
                findings.violated(
                        "A compaction was done behind one that was over: revision=" + revision, compaction, earlier);
            }
        }
        if (answer instanceof Result.CompactResult done && done.compactRevision() != revision) {
            findings.violated(
                    "A compaction went to another revision than it was asked for: expected=" + revision + " found="
                            + done.compactRevision(),
                    compaction);
        }
    }

    private static boolean isDone(Operation compaction) {
        return compaction.answer().orElse(null) instanceof Result.CompactResult;
    }

    private static long revisionOf(Operation compaction) {
        return ((Command.Compact) compaction.command().orElseThrow()).revision();
    }
}
