package io.hightower.kv.cluster.guarantees.watch;

import io.hightower.kv.cluster.guarantees.history.Change;
import io.hightower.kv.cluster.guarantees.history.EventLog;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A watch gives the log: from its first revision to the one up to which it claims to be complete, exactly those changes that its
 * range and its kinds let through, as they were made. No gap, nothing else.
 */
public final class Reliable implements Guarantee {
    private static final String CHANGES = "changes that were to come";
    private static final String SESSIONS = "watches that claimed to be complete";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, CHANGES, SESSIONS);
        history.watches().forEach(session -> checkSession(history.log(), session, findings));
        return findings.judgement();
    }

    private static void checkSession(EventLog log, WatchSession session, Findings findings) {
        OptionalLong through = session.completeThrough();
        if (session.firstRevision().isEmpty() || through.isEmpty()) {
            return;
        }
        findings.judged(SESSIONS);
        List<Change> expected = log.between(session.firstRevision().getAsLong(), through.getAsLong()).stream()
                .filter(session::wants)
                .toList();
        expected.forEach(change -> findings.judged(CHANGES));
        List<Change> received = session.wholeEvents().stream().map(Change::of).toList();
        // What is out of order, twice, or not asked for is the matter of other guarantees.
        Set<Change> given = new HashSet<>(received);
        for (Change change : expected) {
            if (!given.contains(change)) {
                findings.violated(
                        "A change was not given: change=" + change + " completeThrough=" + through.getAsLong(),
                        session);
            }
        }
        for (Change change : received) {
            boolean expectedHere = session.wants(change)
                    && change.revision() >= session.firstRevision().getAsLong();
            if (expectedHere && !log.at(change.revision()).contains(change)) {
                findings.violated("A change was given that never was: change=" + change, session);
            }
        }
        checkOrder(expected, received, session, findings);
    }

    /** Within one revision the order is that of the log as well. */
    private static void checkOrder(
            List<Change> expected, List<Change> received, WatchSession session, Findings findings) {
        if (expected.size() != received.size() || expected.equals(received)) {
            return;
        }
        for (int i = 0; i < expected.size(); i++) {
            boolean sameRevision = expected.get(i).revision() == received.get(i).revision();
            if (sameRevision && !expected.get(i).key().equals(received.get(i).key())) {
                findings.violated(
                        "The changes of a revision came in another order than to others: expected=" + expected.get(i)
                                + " found=" + received.get(i),
                        session);
                return;
            }
        }
    }
}
