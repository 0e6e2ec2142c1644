package io.hightower.kv.cluster.guarantees.watch;

import io.hightower.kv.cluster.guarantees.history.Change;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.util.Optional;

/**
 * An event is a creation exactly if the key held nothing at the revision before, and what it shows as previous is what the key
 * held there. Who asked for that gets it, unless a compaction may have taken it; who did not, does not.
 *
 * <p>A batch may end a key's life and begin another one: that is a creation too.
 */
public final class IsCreateAndPrevious implements Guarantee {
    private static final String CREATIONS = "creations";
    private static final String CHANGES = "changes of keys that were there";
    private static final String PREVIOUS = "events that showed what was there before";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, CREATIONS, CHANGES, PREVIOUS);
        for (WatchSession session : history.watches()) {
            for (WatchSession.Received next : session.received()) {
                if (next.message() instanceof WatchMessage.Events events) {
                    events.events().forEach(event -> checkEvent(history, session, next.nanos(), event, findings));
                }
            }
        }
        return findings.judgement();
    }

    private static void checkEvent(
            History history, WatchSession session, long nanos, WatchEvent event, Findings findings) {
        Optional<KeyValue> before = history.log().moment(event.revision() - 1).find(event.key());
        if (event.kind() == WatchEvent.Kind.PUT) {
            findings.judged(before.isEmpty() ? CREATIONS : CHANGES);
            boolean mayBeginAnew =
                    history.log().mayWriteRepeatedly(event.key(), event.revision(), history.operations());
            if (event.isCreation() != before.isEmpty() && !(event.isCreation() && mayBeginAnew)) {
                findings.violated(
                        "An event is taken for a creation where the key held something, or not where it held nothing: event="
                                + event + " before=" + before,
                        session);
            }
        }
        Optional<KeyValue> shown = event.previous().map(Change::comparable);
        if (shown.isPresent()) {
            findings.judged(PREVIOUS);
        }
        boolean wanted = session.request().previous() && before.isPresent();
        boolean right = shown.isPresent()
                ? session.request().previous() && shown.equals(before)
                : !wanted || mayBeCompacted(history, event.revision(), nanos);
        if (!right) {
            findings.violated(
                    "An event shows as previous what the key did not hold, or nothing although it was asked for: event="
                            + event + " expected=" + before + " found=" + shown,
                    session);
        }
    }

    /** What a key held before a revision can be read as long as the compact revision is before it. */
    private static boolean mayBeCompacted(History history, long revision, long nanos) {
        return history.compactions().stream().anyMatch(next -> mayReach(next, revision, nanos));
    }

    private static boolean mayReach(Operation compaction, long revision, long nanos) {
        return compaction.command().orElseThrow() instanceof Command.Compact compact
                && compact.revision() >= revision
                && compaction.callNanos() <= nanos;
    }
}
