package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Sample;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import java.util.HashMap;
import java.util.Map;

/** Members that are at the same place have the same hash, and a member that comes by again has the one that it had. */
public final class MembersAgree implements Guarantee {
    private static final String STATES = "states compared";
    private static final String HISTORIES = "histories compared";

    /** Where a member was asked. */
    private record Place(Sample.Kind kind, String place) {}

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, STATES, HISTORIES);
        Map<Place, Sample> known = new HashMap<>();
        for (Sample next : history.samples()) {
            Sample other = known.putIfAbsent(new Place(next.kind(), next.place()), next);
            if (other != null) {
                findings.judged(next.kind() == Sample.Kind.STATE ? STATES : HISTORIES);
                if (other.hash() != next.hash()) {
                    findings.violated("Members differ: one=" + other + " other=" + next);
                }
            }
        }
        return findings.judgement();
    }
}
