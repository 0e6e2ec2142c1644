package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import java.time.Duration;

/**
 * A lease that nobody renews ends soon after its time-to-live. The promise is one second of the time in which somebody leads;
 * how much a run must be granted beyond that depends on its elections and pauses, so it is given.
 */
public final class LeaseEndsInTime implements Guarantee {
    private static final String EXPIRIES = "ends by expiry";

    private final long lateNanosMax;

    /** Makes the promise for a run in which a lease may end so much later than its time-to-live says. */
    public LeaseEndsInTime(Duration lateMax) {
        this.lateNanosMax = lateMax.toNanos();
    }

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, EXPIRIES);
        for (LeaseDelay.Late late : LeaseDelay.all(history)) {
            findings.judged(EXPIRIES);
            if (late.nanos() > lateNanosMax) {
                findings.violated("A lease ended late: lease=" + late.end().lease() + " lateNanos=" + late.nanos()
                        + " lateNanosMax=" + lateNanosMax + " revision="
                        + late.end().revision());
            }
        }
        return findings.judgement();
    }
}
