package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.RangeRequest;

/** A reading at an older revision shows what replaying the log up to there shows, on every member and at any time. */
public final class HistoricReadEqualsReplay implements Guarantee {
    private static final String READINGS = "readings at a revision";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, READINGS);
        ReplayedReadings.check(history, findings, revision -> revision != RangeRequest.NEWEST, READINGS);
        return findings.judgement();
    }
}
