package io.hightower.kv.cluster.guarantees.watch;

import io.hightower.kv.cluster.guarantees.history.Change;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchRequest;

/** A watch gives only keys of its range and only kinds of change that it asked for. */
public final class Filter implements Guarantee {
    private static final String RANGES = "events of watches that wanted a part of the keys";
    private static final String KINDS = "events of watches that wanted one kind";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, RANGES, KINDS);
        for (WatchSession session : history.watches()) {
            WatchRequest request = session.request();
            for (WatchEvent event : session.events()) {
                if (!request.range().equals(KeyRange.all())) {
                    findings.judged(RANGES);
                }
                if (request.changes() != WatchRequest.Changes.ALL) {
                    findings.judged(KINDS);
                }
                if (!session.wants(Change.of(event))) {
                    findings.violated("An event came that was not asked for: event=" + event, session);
                }
            }
        }
        return findings.judgement();
    }
}
