package io.hightower.kv.cluster.guarantees.history;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.TxnOp;
import java.util.List;

/** Counts how often an operation names a key as one that it writes. */
final class Naming {
    private Naming() {}

    static int timesNamed(Operation operation, Bytes key) {
        if (operation.command().isEmpty()) {
            return 0;
        }
        Command command = operation.command().get();
        if (command instanceof Command.Batch batch) {
            return batch.commands().stream().mapToInt(next -> named(next, key)).sum();
        }
        return named(command, key);
    }

    private static int named(Object command, Bytes key) {
        if (command instanceof Command.Put put) {
            return put.key().equals(key) ? 1 : 0;
        }
        if (command instanceof Command.Delete delete) {
            return delete.key().equals(key) ? 1 : 0;
        }
        if (command instanceof Command.DeleteRange delete) {
            return delete.range().contains(key) ? 1 : 0;
        }
        return command instanceof Command.Txn txn ? Math.max(named(txn.success(), key), named(txn.failure(), key)) : 0;
    }

    private static int named(List<TxnOp> branch, Bytes key) {
        return branch.stream().mapToInt(op -> named((Object) op, key)).sum();
    }
}
