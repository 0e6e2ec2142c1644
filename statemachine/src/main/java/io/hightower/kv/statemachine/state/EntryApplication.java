package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.spi.ChangeFeed;
import io.hightower.kv.statemachine.spi.StateStore;
import java.util.ArrayList;
import java.util.List;

/** The applying of one entry: hands each command to the class that knows what it does. <b>Confined to the apply thread.</b> */
final class EntryApplication implements Command.Cases<Result> {
    private final StateStore store;
    private final EntryEdit edit;
    private final KeyWrites writes;

    /** Begins to apply an entry, noting every change if somebody hears of it. */
    EntryApplication(StateStore store, StateHash hash, Entry entry, boolean heard) {
        this.store = store;
        this.edit = new EntryEdit(store, hash, entry, heard);
        this.writes = new KeyWrites(edit);
    }

    Result apply(Command command) {
        return command.match(this);
    }

    void publish(LogPosition position) {
        edit.publish(position);
    }

    /** Returns what was changed, if it was to be noted. */
    List<ChangeFeed.Change> changes() {
        return edit.changes();
    }

    @Override
    public Result put(Command.Put put) {
        return writes.put(put);
    }

    @Override
    public Result delete(Command.Delete delete) {
        return writes.delete(delete);
    }

    @Override
    public Result deleteRange(Command.DeleteRange delete) {
        return writes.deleteRange(delete);
    }

    @Override
    public Result batch(Command.Batch batch) {
        edit.beginGroup();
        List<Result> results = new ArrayList<>(batch.commands().size());
        for (Command command : batch.commands()) {
            results.add(apply(command));
        }
        return new Result.BatchResult(edit.endGroup(), results);
    }

    @Override
    public Result releaseTombstones(Command.ReleaseTombstones release) {
        return new Upkeep(edit).releaseTombstones(release);
    }

    @Override
    public Result txn(Command.Txn txn) {
        return new TxnApplication(edit, writes, new TxnReading(store, edit)).apply(txn);
    }

    @Override
    public Result compact(Command.Compact command) {
        return new Upkeep(edit).compact(command);
    }

    @Override
    public Result grantLease(Command.GrantLease command) {
        return leases().grant(command);
    }

    @Override
    public Result revokeLease(Command.RevokeLease command) {
        return leases().revoke(command);
    }

    @Override
    public Result renewLease(Command.RenewLease command) {
        return leases().renew(command);
    }

    @Override
    public Result expireLease(Command.ExpireLease command) {
        return leases().expire(command);
    }

    @Override
    public Result advanceTime(Command.AdvanceTime command) {
        return new Upkeep(edit).advanceTime();
    }

    @Override
    public Result writeSystem(Command.WriteSystem command) {
        return new Upkeep(edit).writeSystem(command);
    }

    @Override
    public Result openSession(Command.OpenSession command) {
        return sessions().open(command);
    }

    @Override
    public Result inSession(Command.InSession command) {
        return sessions().apply(command);
    }

    @Override
    public Result closeSession(Command.CloseSession command) {
        return sessions().close(command);
    }

    @Override
    public Result expireSessions(Command.ExpireSessions command) {
        return sessions().expire(command);
    }

    private SessionApplication sessions() {
        return new SessionApplication(edit, this);
    }

    private LeaseApplication leases() {
        return new LeaseApplication(edit, writes);
    }
}
