package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.Change;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Result;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A lease lasts: no key goes, and nobody is told that the lease is gone, before its time-to-live has passed since the last
 * acknowledged renewal, whoever leads. Its end deletes all keys that hang on it in one revision, in key order. Once it has ended
 * it stays ended: no renewal and no put is acknowledged any more, and no key hangs on it.
 *
 * <p>Times are judged so that a correct store is never accused: a renewal began when it was called, an end came when somebody
 * first knew of it. Leases whose id was granted twice in a run are left out. How late a lease ends is another matter, see {@link
 * LeaseEndsInTime}.
 */
public final class LeaseLaw implements Guarantee {
    private static final String EXPIRIES = "ends by expiry";
    private static final String REVOCATIONS = "ends by revocation";
    private static final String RENEWALS = "acknowledged renewals";
    private static final String ABSENCES = "answers that a lease is gone";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, EXPIRIES, REVOCATIONS, RENEWALS, ABSENCES);
        List<LeaseEnd> ends = LeaseEnd.find(history);
        Sightings sightings = new Sightings(history);
        ends.forEach(end -> checkWhole(end, findings));
        Map<Long, List<LeaseEnd>> byLease = ends.stream().collect(Collectors.groupingBy(LeaseEnd::lease));
        Map<Long, LeaseEnd> ended = new HashMap<>();
        for (LeaseLife life : LeaseLife.of(history)) {
            for (LeaseEnd end : byLease.getOrDefault(life.id(), List.of())) {
                ended.putIfAbsent(life.id(), end);
                checkNotEarly(life, end, sightings, findings);
            }
            life.absences().forEach(absence -> checkAbsence(life, absence, findings));
            life.revocations().forEach(revocation -> checkRevocation(history, life, revocation, findings));
            checkOrder(life, findings);
        }
        checkNothingHungAfter(history, ended, findings);
        return findings.judgement();
    }

    private static void checkWhole(LeaseEnd end, Findings findings) {
        if (end.kind() != LeaseEnd.Kind.UNCLEAR) {
            findings.judged(end.kind() == LeaseEnd.Kind.EXPIRED ? EXPIRIES : REVOCATIONS);
            if (!end.deleted().equals(end.attached())) {
                findings.violated("The end of a lease did not delete the keys that hung on it, in key order: " + end);
            }
        }
    }

    /** A renewal behind the end is a case of this, too. */
    private static void checkNotEarly(LeaseLife life, LeaseEnd end, Sightings sightings, Findings findings) {
        if (end.kind() != LeaseEnd.Kind.EXPIRED) {
            return;
        }
        long seenNanos = sightings.nanosOf(end.revision());
        for (Operation beginning : life.beginnings()) {
            long earlyNanos = beginning.callNanos() + life.ttlNanos() - seenNanos;
            if (earlyNanos > 0) {
                findings.violated(
                        "A lease ended early: lease=" + life.id() + " earlyNanos=" + earlyNanos + " ttlNanos="
                                + life.ttlNanos() + " revision=" + end.revision(),
                        beginning);
            }
        }
    }

    private static void checkNothingHungAfter(History history, Map<Long, LeaseEnd> ended, Findings findings) {
        for (Change change : history.log().between(0, history.log().last())) {
            long lease = change.current().map(KeyValue::lease).orElse(KeyRecord.NO_LEASE);
            LeaseEnd end = ended.get(lease);
            if (end != null && change.revision() > end.revision()) {
                findings.violated("A key was hung on a lease that had ended: change=" + change + " end=" + end);
            }
        }
    }

    private static void checkAbsence(LeaseLife life, Operation absence, Findings findings) {
        findings.judged(ABSENCES);
        boolean mayBeRevoked = life.revocations().stream().anyMatch(next -> next.callNanos() <= absence.returnNanos());
        for (Operation beginning : life.beginnings()) {
            if (!mayBeRevoked
                    && beginning.precedes(absence)
                    && absence.returnNanos() < beginning.callNanos() + life.ttlNanos()) {
                findings.violated(
                        "A lease was said to be gone although it had time left: lease=" + life.id(),
                        absence,
                        beginning);
            }
        }
    }

    private static void checkRevocation(History history, LeaseLife life, Operation revocation, Findings findings) {
        if (!(revocation.answer().orElse(null) instanceof Result.RevokeResult done) || !done.revoked()) {
            return;
        }
        boolean hangs = history.log().moment(done.revision()).scan(KeyRange.all()).stream()
                .anyMatch(held -> held.lease() == life.id());
        if (hangs) {
            findings.violated("A key hangs on a lease that was revoked: lease=" + life.id(), revocation);
        }
    }

    /** What is known to be over stays over: nothing that needs the lease is acknowledged afterwards. */
    private static void checkOrder(LeaseLife life, Findings findings) {
        for (Operation beginning : life.beginnings()) {
            findings.judged(RENEWALS);
            checkNotOver(life, beginning, findings);
        }
        life.attachments().forEach(attachment -> checkNotOver(life, attachment, findings));
    }

    private static void checkNotOver(LeaseLife life, Operation acknowledged, Findings findings) {
        life.revocations().stream()
                .filter(next -> next.answer().isPresent() && next.precedes(acknowledged))
                .forEach(next -> findings.violated(
                        "A lease was there after it had been revoked: lease=" + life.id(), acknowledged, next));
        boolean granted = life.beginnings().get(0).precedes(acknowledged);
        life.absences().stream()
                .filter(next -> granted && life.beginnings().get(0).precedes(next) && next.precedes(acknowledged))
                .forEach(next -> findings.violated(
                        "A lease was there after somebody had been told that it is gone: lease=" + life.id(),
                        acknowledged,
                        next));
    }
}
