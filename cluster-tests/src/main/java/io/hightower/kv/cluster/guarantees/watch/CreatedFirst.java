package io.hightower.kv.cluster.guarantees.watch;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.util.List;

/** The first message of a watch says that it was made, no other does, and nothing follows the one that ends it. */
public final class CreatedFirst implements Guarantee {
    private static final String WATCHES = "watches";
    private static final String ENDED = "watches that ended";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, WATCHES, ENDED);
        for (WatchSession session : history.watches()) {
            List<WatchSession.Received> received = session.received();
            for (int i = 0; i < received.size(); i++) {
                WatchMessage message = received.get(i).message();
                if ((message instanceof WatchMessage.Created) != (i == 0)) {
                    findings.violated(
                            "A watch was not made first, or made twice: at=" + i + " message=" + message, session);
                }
                if (message instanceof WatchMessage.Canceled && i < received.size() - 1) {
                    findings.violated(
                            "A message followed the one that ended a watch: message="
                                    + received.get(i + 1).message(),
                            session);
                }
            }
            if (!received.isEmpty()) {
                findings.judged(WATCHES);
            }
            if (session.canceled().isPresent()) {
                findings.judged(ENDED);
            }
        }
        return findings.judgement();
    }
}
