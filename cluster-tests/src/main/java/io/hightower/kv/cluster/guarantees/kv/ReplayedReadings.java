package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.EventLog;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import java.util.function.LongPredicate;

/** Holds readings against the log: keys, order, limit, filter and count, all of it at the revision that they are about. */
final class ReplayedReadings {
    private ReplayedReadings() {}

    /**
     * Judges readings that were answered.
     *
     * @param asked which of them, by the revision that they asked for
     * @param aspect what they count as
     */
    static void check(History history, Findings findings, LongPredicate asked, String aspect) {
        for (Operation next : history.answered()) {
            if (next.reading().isPresent()
                    && next.answer().orElse(null) instanceof Result.RangeResult answer
                    && asked.test(next.reading().get().revision())) {
                findings.judged(aspect);
                EventLog.Replayed replayed = history.log().replayed(next);
                if (!replayed.agreesWith(answer)) {
                    findings.violated(
                            "A reading does not show what replaying the log shows: revision="
                                    + momentOf(next.reading().get(), answer) + " "
                                    + Differences.first((Result.RangeResult) replayed.answer(), answer),
                            next);
                }
            }
        }
    }

    private static long momentOf(RangeRequest asked, Result answer) {
        return asked.revision() == RangeRequest.NEWEST ? answer.revision() : asked.revision();
    }
}
