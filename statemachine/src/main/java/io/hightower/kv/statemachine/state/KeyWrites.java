package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts and deletes: the hot path. <b>Confined to the apply thread.</b> */
final class KeyWrites {
    /** Stands for a key without any record. */
    private static final KeyRecord NOTHING = KeyRecord.tombstone(Bytes.EMPTY, new Revision(0, 0), 0);

    private final EntryEdit edit;

    KeyWrites(EntryEdit edit) {
        this.edit = edit;
    }

    Result put(Command.Put put) {
        if (!put.options().equals(PutOptions.NONE)) {
            Optional<Refusal> refusal = refusal(put);
            if (refusal.isPresent()) {
                return edit.refused(refusal.get());
            }
        }
        return write(put);
    }

    /** Returns why a put cannot be carried out; as in etcd, the lease is looked at first. */
    Optional<Refusal> refusal(Command.Put put) {
        if (lacksLease(put)) {
            return Optional.of(Refusal.LEASE_NOT_FOUND);
        }
        return lacksKey(put) ? Optional.of(Refusal.KEY_NOT_FOUND) : Optional.empty();
    }

    private boolean lacksLease(Command.Put put) {
        long lease = put.options().lease();
        return lease != KeyRecord.NO_LEASE
                && Leases.of(edit.system()).find(lease).isEmpty();
    }

    private boolean lacksKey(Command.Put put) {
        return put.options().ignoresSomething()
                && !edit.newest(put.key()).orElse(NOTHING).live();
    }

    /** Carries out a put that is not refused. */
    Result write(Command.Put put) {
        Optional<KeyRecord> stored = edit.newest(put.key());
        KeyRecord old = stored.orElse(NOTHING);
        PutOptions options = put.options();
        Optional<KeyValue> previous =
                options.previous() && old.live() ? Optional.of(old.toKeyValue()) : Optional.empty();
        if (isStale(put.version(), old.writeVersion())) {
            return new Result.PutResult(edit.settle(), ApplyOutcome.IGNORED_STALE, old.writeVersion(), previous);
        }
        Revision now = edit.nextChange();
        KeyRecord written = new KeyRecord(
                put.key(),
                true,
                options.ignoreValue() ? old.value() : put.value(),
                old.live() ? old.createRevision() : now.main(),
                now,
                old.version() + 1,
                edit.writeVersion(put.version(), old.writeVersion()),
                options.ignoreLease() ? old.lease() : options.lease());
        edit.replace(stored, written);
        return new Result.PutResult(edit.settle(), ApplyOutcome.APPLIED, written.writeVersion(), previous);
    }

    Result delete(Command.Delete delete) {
        Optional<KeyRecord> stored = edit.newest(delete.key());
        KeyRecord old = stored.orElse(NOTHING);
        if (isStale(delete.version(), old.writeVersion())) {
            return new Result.DeleteResult(edit.settle(), ApplyOutcome.IGNORED_STALE, false);
        }
        if (old.live() || delete.version() != Command.NO_VERSION) {
            edit.bury(stored, delete.key(), edit.writeVersion(delete.version(), old.writeVersion()));
        }
        return new Result.DeleteResult(edit.settle(), ApplyOutcome.REMOVED, old.live());
    }

    Result deleteRange(Command.DeleteRange delete) {
        List<KeyRecord> living = edit.live(delete.range());
        List<KeyValue> previous = new ArrayList<>(delete.previous() ? living.size() : 0);
        for (KeyRecord stored : living) {
            if (delete.previous()) {
                previous.add(stored.toKeyValue());
            }
            end(stored);
        }
        return new Result.DeleteRangeResult(edit.settle(), living.size(), previous);
    }

    /** Ends the life of a key that holds a value. */
    void end(KeyRecord living) {
        edit.bury(Optional.of(living), living.key(), edit.writeVersion(Command.NO_VERSION, living.writeVersion()));
    }

    private static boolean isStale(long offered, long stored) {
        return offered != Command.NO_VERSION && offered <= stored;
    }
}
