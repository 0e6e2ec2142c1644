package io.hightower.kv.cluster.guarantees.watch;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.watch.WatchEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A watcher is given each change, which is a key and a revision, once at most. */
public final class Unique implements Guarantee {
    private static final String EVENTS = "events";

    /** What a watcher is given once. */
    private record Given(Bytes key, long revision) {}

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, EVENTS);
        for (List<WatchSession> sessions : history.watchers().values()) {
            Set<Given> whole = new HashSet<>();
            for (WatchSession session : sessions) {
                Set<Given> given = new HashSet<>(whole);
                for (WatchEvent event : session.events()) {
                    findings.judged(EVENTS);
                    if (!given.add(new Given(event.key(), event.revision()))) {
                        findings.violated("An event came twice: event=" + event, session);
                    }
                }
                session.wholeEvents().forEach(event -> whole.add(new Given(event.key(), event.revision())));
            }
        }
        return findings.judgement();
    }
}
