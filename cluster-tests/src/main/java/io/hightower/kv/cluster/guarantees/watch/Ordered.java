package io.hightower.kv.cluster.guarantees.watch;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.util.List;

/** Revisions of a watcher's events never decrease, also not from one of its sessions to the next. */
public final class Ordered implements Guarantee {
    private static final String EVENTS = "events behind others";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, EVENTS);
        for (List<WatchSession> sessions : history.watchers().values()) {
            long last = 0;
            for (WatchSession session : sessions) {
                last = checkSession(session, last, findings);
            }
        }
        return findings.judgement();
    }

    private static long checkSession(WatchSession session, long before, Findings findings) {
        long last = before;
        for (WatchEvent event : session.events()) {
            if (last > 0) {
                findings.judged(EVENTS);
            }
            if (event.revision() < last) {
                findings.violated("An event came behind a later one: event=" + event + " behind=" + last, session);
            }
            last = event.revision();
        }
        for (WatchSession.Received next : session.received()) {
            if (next.message() instanceof WatchMessage.Events events) {
                long named = events.events().get(events.events().size() - 1).revision();
                if (named != events.revision()) {
                    findings.violated(
                            "A message names another revision than that of its last event: named=" + events.revision()
                                    + " last=" + named,
                            session);
                }
            }
        }
        // What the end of the session cut comes again.
        List<WatchEvent> whole = session.wholeEvents();
        return whole.isEmpty() ? before : whole.get(whole.size() - 1).revision();
    }
}
