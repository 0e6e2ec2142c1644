package io.hightower.kv.cluster.guarantees.watch;

import io.hightower.kv.cluster.guarantees.history.Change;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.util.List;

/** A watch that begins at a revision first gives the first wanted change of that revision or a later one. */
public final class Resumable implements Guarantee {
    private static final String STARTS = "watches from a revision that gave something";
    private static final String RESUMED = "watches that went on where an earlier one had ended";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, STARTS, RESUMED);
        for (List<WatchSession> sessions : history.watchers().values()) {
            for (int i = 0; i < sessions.size(); i++) {
                WatchSession session = sessions.get(i);
                List<WatchEvent> events = session.wholeEvents();
                if (session.request().startRevision() != WatchRequest.FROM_NOW && !events.isEmpty()) {
                    findings.judged(STARTS);
                    if (i > 0) {
                        findings.judged(RESUMED);
                    }
                    checkFirst(history, session, Change.of(events.get(0)), findings);
                }
            }
        }
        return findings.judgement();
    }

    private static void checkFirst(History history, WatchSession session, Change found, Findings findings) {
        long start = session.request().startRevision();
        long end = Math.max(start, found.revision());
        List<Change> wanted = history.log().between(start, end).stream()
                .filter(session::wants)
                .toList();
        boolean right =
                wanted.isEmpty() ? found.revision() >= start : wanted.get(0).revision() == found.revision();
        if (!right) {
            findings.violated(
                    "A watch did not begin with the first change from its start revision on: expected="
                            + (wanted.isEmpty() ? "nothing" : wanted.get(0)) + " found=" + found,
                    session);
        }
    }
}
