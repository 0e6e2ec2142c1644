package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.Change;
import io.hightower.kv.cluster.guarantees.history.EventLog;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was acknowledged is there: each of the last readings shows every acknowledged change, or that something later took its
 * place.
 *
 * <p>What takes the place of a value shows itself in the reading by its revision. Where the key holds nothing any more, the
 * log must have a delete.
 */
public final class AcknowledgedIsDurable implements Guarantee {
    private static final String CHANGES = "acknowledged changes looked for";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, CHANGES);
        for (Operation reading : history.lastReadings()) {
            RangeRequest asked = reading.reading().orElseThrow();
            boolean whole = asked.revision() == RangeRequest.NEWEST
                    && asked.limit() == RangeRequest.NO_LIMIT
                    && asked.content() == RangeRequest.Content.ALL
                    && asked.filter().isEmpty();
            if (whole && reading.answer().orElseThrow() instanceof Result.RangeResult shown) {
                new Search(history, reading, shown, findings).run(asked);
            }
        }
        return findings.judgement();
    }

    /** The search for everything acknowledged in one reading. */
    private static final class Search {
        private final History history;
        private final EventLog log;
        private final Operation reading;
        private final Findings findings;
        private final Map<Object, KeyValue> held = new HashMap<>();

        Search(History history, Operation reading, Result.RangeResult shown, Findings findings) {
            this.history = history;
            this.log = history.log();
            this.reading = reading;
            this.findings = findings;
            shown.keyValues().forEach(next -> held.put(next.key(), next));
        }

        void run(RangeRequest asked) {
            for (Operation write : history.answered()) {
                if (write.hasEffect() && write.precedes(reading)) {
                    List<Change> changes = log.replayed(write).changes();
                    changes.stream()
                            .filter(change -> asked.range().contains(change.key()))
                            .forEach(change -> look(write, change));
                }
            }
        }

        private void look(Operation write, Change change) {
            findings.judged(CHANGES);
            KeyValue now = held.get(change.key());
            boolean isThere = now == null
                    ? change.current().isEmpty() || log.isDeletedAfter(change.key(), change.revision())
                    : now.modRevision() > change.revision()
                            || change.current().equals(Optional.of(Change.comparable(now)));
            if (!isThere) {
                findings.violated("An acknowledged change is lost: change=" + change + " found=" + now, write, reading);
            }
        }
    }
}
