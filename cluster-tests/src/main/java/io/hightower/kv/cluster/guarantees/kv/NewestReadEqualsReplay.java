package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.RangeRequest;

/** A reading of the newest state shows one moment: what replaying the log up to the revision in its answer shows. */
public final class NewestReadEqualsReplay implements Guarantee {
    private static final String READINGS = "readings of the newest state";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, READINGS);
        ReplayedReadings.check(history, findings, revision -> revision == RangeRequest.NEWEST, READINGS);
        return findings.judgement();
    }
}
