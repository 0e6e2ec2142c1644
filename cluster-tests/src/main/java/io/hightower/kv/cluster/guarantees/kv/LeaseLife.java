package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What clients did with one lease, in the order of their calls. <b>Used by one thread at a time</b>, and not changed once it is made. */
final class LeaseLife {
    private final long id;

    /** Acknowledged grants: more than one makes it unclear what the others are about. */
    private int grants;

    private long ttlNanos;

    /** The grant and the renewals that were acknowledged with a time-to-live. */
    private final List<Operation> beginnings = new ArrayList<>();

    /** Renewals of unknown outcome. */
    private final List<Operation> unclear = new ArrayList<>();

    /** Answers that say that there is no such lease. */
    private final List<Operation> absences = new ArrayList<>();

    /** Revocations that may have taken effect. */
    private final List<Operation> revocations = new ArrayList<>();

    /** Acknowledged puts that hung a key on it. */
    private final List<Operation> attachments = new ArrayList<>();

    private LeaseLife(long id) {
        this.id = id;
    }

    /** Returns the lives of all leases whose one grant was acknowledged. */
    static List<LeaseLife> of(History history) {
        Map<Long, LeaseLife> lives = new TreeMap<>();
        for (Operation next : history.operations()) {
            Command command = next.command().orElse(null);
            if (command instanceof Command.GrantLease grant) {
                lives.computeIfAbsent(grant.id(), LeaseLife::new).granted(next, grant);
            } else if (command instanceof Command.RenewLease renew) {
                lives.computeIfAbsent(renew.id(), LeaseLife::new).renewed(next);
            } else if (command instanceof Command.RevokeLease revoke && next.mayHaveEffect()) {
                lives.computeIfAbsent(revoke.id(), LeaseLife::new).revoked(next);
            } else if (command instanceof Command.Put put && put.options().lease() != KeyRecord.NO_LEASE) {
                lives.computeIfAbsent(put.options().lease(), LeaseLife::new).put(next);
            }
        }
        return lives.values().stream().filter(life -> life.grants == 1).toList();
    }

    private void granted(Operation operation, Command.GrantLease grant) {
        if (operation.answer().orElse(null) instanceof Result.LeaseResult) {
            grants++;
            ttlNanos = TimeUnit.SECONDS.toNanos(grant.ttlSeconds());
            beginnings.add(operation);
        } else if (operation.mayHaveEffect() && operation.answer().isEmpty()) {
            // Should it take effect, the acknowledged one is refused; both cannot be.
            unclear.add(operation);
        }
    }

    private void renewed(Operation operation) {
        if (operation.answer().orElse(null) instanceof Result.LeaseResult told) {
            (told.ttlSeconds() > 0 ? beginnings : absences).add(operation);
        } else if (operation.mayHaveEffect()) {
            unclear.add(operation);
        }
    }

    private void revoked(Operation operation) {
        (isNotFound(operation) ? absences : revocations).add(operation);
    }

    private void put(Operation operation) {
        if (isNotFound(operation)) {
            absences.add(operation);
        } else if (operation.answer().orElse(null) instanceof Result.PutResult) {
            attachments.add(operation);
        }
    }

    private static boolean isNotFound(Operation operation) {
        return operation.answer().orElse(null) instanceof Result.Refused why
                && why.refusal() == Refusal.LEASE_NOT_FOUND;
    }

    long id() {
        return id;
    }

    long ttlNanos() {
        return ttlNanos;
    }

    List<Operation> beginnings() {
        return beginnings;
    }

    List<Operation> unclear() {
        return unclear;
    }

    List<Operation> absences() {
        return absences;
    }

    List<Operation> revocations() {
        return revocations;
    }

    List<Operation> attachments() {
        return attachments;
    }
}
