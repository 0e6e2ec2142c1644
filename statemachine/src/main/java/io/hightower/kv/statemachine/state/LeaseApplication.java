package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import java.util.List;
import java.util.Optional;

/** Grants, renews and ends leases. <b>Confined to the apply thread.</b> */
final class LeaseApplication {
    /** The time-to-live in the answer to a renewal that found nothing to renew. */
    private static final long NOT_RENEWED = 0;

    private final EntryEdit edit;
    private final KeyWrites writes;

    LeaseApplication(EntryEdit edit, KeyWrites writes) {
        this.edit = edit;
        this.writes = writes;
    }

    Result grant(Command.GrantLease command) {
        if (find(command.id()).isPresent()) {
            return edit.refused(Refusal.LEASE_EXISTS);
        }
        return begin(command.id(), command.ttlSeconds());
    }

    Result renew(Command.RenewLease command) {
        Optional<Lease> lease = find(command.id());
        if (lease.isEmpty() || lease.get().isExpired(edit.nowMillis())) {
            return new Result.LeaseResult(edit.settle(), command.id(), NOT_RENEWED);
        }
        return begin(command.id(), lease.get().ttlSeconds());
    }

    private Result begin(long id, long ttlSeconds) {
        edit.system(Leases.with(edit.system(), Lease.beginning(id, ttlSeconds, edit.nowMillis())));
        return new Result.LeaseResult(edit.settle(), id, ttlSeconds);
    }

    Result revoke(Command.RevokeLease command) {
        return find(command.id()).isEmpty() ? edit.refused(Refusal.LEASE_NOT_FOUND) : end(command.id());
    }

    Result expire(Command.ExpireLease command) {
        Optional<Lease> lease = find(command.id());
        if (lease.isEmpty() || !lease.get().isExpired(edit.nowMillis())) {
            return new Result.RevokeResult(edit.settle(), false, 0);
        }
        return end(command.id());
    }

    private Result end(long id) {
        List<Bytes> keys = Leases.of(edit.system()).keys(id);
        for (Bytes key : keys) {
            Optional<KeyRecord> stored = edit.newest(key);
            InvariantViolation.check(
                    stored.isPresent() && stored.get().lease() == id, "what hangs on a lease is a key that names it");
            writes.end(stored.get());
        }
        edit.system(Leases.without(edit.system(), id));
        return new Result.RevokeResult(edit.settle(), true, keys.size());
    }

    private Optional<Lease> find(long id) {
        return Leases.of(edit.system()).find(id);
    }
}
