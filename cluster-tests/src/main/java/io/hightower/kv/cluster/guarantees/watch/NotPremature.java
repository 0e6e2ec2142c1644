package io.hightower.kv.cluster.guarantees.watch;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.util.List;

/** No event comes before the command that it tells of was called. */
public final class NotPremature implements Guarantee {
    private static final String EVENTS = "events of acknowledged commands";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, EVENTS);
        for (WatchSession session : history.watches()) {
            for (WatchSession.Received next : session.received()) {
                if (next.message() instanceof WatchMessage.Events events) {
                    for (WatchEvent event : events.events()) {
                        Operation cause = history.log().cause(event.revision()).orElse(null);
                        if (cause != null) {
                            findings.judged(EVENTS);
                            if (next.nanos() < cause.callNanos()) {
                                findings.violated(
                                        "An event came before its command was called: event=" + event,
                                        List.of(cause),
                                        List.of(session));
                            }
                        }
                    }
                }
            }
        }
        return findings.judgement();
    }
}
