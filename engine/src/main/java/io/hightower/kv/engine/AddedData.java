package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.TxnOp;
import java.util.List;

/** Tells which commands may make the store larger for good. */
final class AddedData implements Command.Cases<Boolean> {
    private static final AddedData CASES = new AddedData();

    private AddedData() {}

    static boolean isAddedBy(Command command) {
        return command.match(CASES);
    }

    @Override
    public Boolean put(Command.Put command) {
        return true;
    }

    @Override
    public Boolean delete(Command.Delete command) {
        return false;
    }

    @Override
    public Boolean deleteRange(Command.DeleteRange command) {
        return false;
    }

    @Override
    public Boolean batch(Command.Batch command) {
        return command.commands().stream().anyMatch(AddedData::isAddedBy);
    }

    @Override
    public Boolean releaseTombstones(Command.ReleaseTombstones command) {
        return false;
    }

    @Override
    public Boolean txn(Command.Txn command) {
        return isAddedBy(command.success()) || isAddedBy(command.failure());
    }

    private static boolean isAddedBy(List<TxnOp> branch) {
        return branch.stream().anyMatch(op -> op instanceof Command inner && isAddedBy(inner));
    }

    @Override
    public Boolean compact(Command.Compact command) {
        return false;
    }

    @Override
    public Boolean grantLease(Command.GrantLease command) {
        return true;
    }

    @Override
    public Boolean revokeLease(Command.RevokeLease command) {
        return false;
    }

    @Override
    public Boolean renewLease(Command.RenewLease command) {
        return false;
    }

    @Override
    public Boolean expireLease(Command.ExpireLease command) {
        return false;
    }

    @Override
    public Boolean advanceTime(Command.AdvanceTime command) {
        return false;
    }

    @Override
    public Boolean writeSystem(Command.WriteSystem command) {
        return true;
    }

    @Override
    public Boolean openSession(Command.OpenSession command) {
        return true;
    }

    /** What a session keeps takes the place of what it kept before. */
    @Override
    public Boolean inSession(Command.InSession command) {
        return isAddedBy(command.command());
    }

    @Override
    public Boolean closeSession(Command.CloseSession command) {
        return false;
    }

    @Override
    public Boolean expireSessions(Command.ExpireSessions command) {
        return false;
    }
}
