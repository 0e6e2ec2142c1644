package io.hightower.kv.cluster.guarantees.watch;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.util.Optional;

/**
 * A revision comes in one message. Only where fragments were asked for it may be cut, and a message that is followed by more of
 * its revision says so.
 */
public final class AtomicRevision implements Guarantee {
    private static final String MESSAGES = "messages behind others";
    private static final String FRAGMENTS = "fragments";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, MESSAGES, FRAGMENTS);
        history.watches().forEach(session -> checkSession(session, findings));
        return findings.judgement();
    }

    private static void checkSession(WatchSession session, Findings findings) {
        Optional<WatchMessage.Events> before = Optional.empty();
        for (WatchSession.Received next : session.received()) {
            if (next.message() instanceof WatchMessage.Events events) {
                before.ifPresent(earlier -> checkPair(session, earlier, events, findings));
                if (events.fragment()) {
                    findings.judged(FRAGMENTS);
                    if (session.request().fragmentBytes() == WatchRequest.WHOLE) {
                        findings.violated("A fragment came that nobody had asked for: message=" + events, session);
                    }
                }
                before = Optional.of(events);
            }
        }
    }

    private static void checkPair(
            WatchSession session, WatchMessage.Events earlier, WatchMessage.Events events, Findings findings) {
        findings.judged(MESSAGES);
        boolean goesOn = events.events().get(0).revision() == earlier.revision();
        if (goesOn != earlier.fragment()) {
            findings.violated(
                    goesOn
                            ? "A revision was split over two messages: revision=" + earlier.revision()
                            : "A message said that more of its revision was to come, and none came: revision="
                                    + earlier.revision(),
                    session);
        }
    }
}
