package io.hightower.kv.cluster.guarantees.watch;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;

/** A watch gives no event and no progress below its start revision, also where that lies in the future when it is opened. */
public final class FutureStart implements Guarantee {
    private static final String STARTS = "watches from a future revision";
    private static final String REACHED = "watches whose future came";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, STARTS, REACHED);
        for (WatchSession session : history.watches()) {
            long start = session.firstRevision().orElse(0);
            if (start > session.createdRevision().orElse(Long.MAX_VALUE) + 1) {
                findings.judged(STARTS);
                if (session.completeThrough().isPresent()) {
                    findings.judged(REACHED);
                }
            }
            // Who watches from now on may be told at once that nothing has come yet.
            boolean fromNow = session.request().startRevision() == WatchRequest.FROM_NOW;
            checkNothingBelow(session, start, fromNow ? start - 1 : start, findings);
        }
        return findings.judgement();
    }

    private static void checkNothingBelow(WatchSession session, long start, long leastProgress, Findings findings) {
        for (WatchSession.Received next : session.received()) {
            if (next.message() instanceof WatchMessage.Progress progress && progress.revision() < leastProgress) {
                findings.violated(
                        "Progress came for what is before the start: progress=" + progress.revision() + " start="
                                + start,
                        session);
            }
        }
        for (WatchEvent event : session.events()) {
            if (event.revision() < start) {
                findings.violated("An event came from before the start: event=" + event + " start=" + start, session);
            }
        }
    }
}
