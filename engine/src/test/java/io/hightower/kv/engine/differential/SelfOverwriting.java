package io.hightower.kv.engine.differential;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells whether a transaction changed a key twice. Most of those are refused; of the others etcd keeps every change, we the last
 * one of each key. It shows in hashes and watches, and nowhere else.
 */
final class SelfOverwriting {
    private final List<Bytes> puts = new ArrayList<>();
    private final List<KeyRange> deletes = new ArrayList<>();

    private SelfOverwriting() {}

    /** Tells it from what was called and answered. */
    static boolean isIn(Call call, Answer answer) {
        if (!(call instanceof Call.Txn txn) || !(answer instanceof Answer.Branch branch)) {
            return false;
        }
        SelfOverwriting changes = new SelfOverwriting();
        changes.collect(txn, branch);
        return changes.puts.stream().anyMatch(key -> changes.deletes.stream().anyMatch(range -> range.contains(key)));
    }

    private void collect(Call.Txn txn, Answer.Branch branch) {
        List<Call.Op> ops = branch.succeeded() ? txn.success() : txn.failure();
        for (int i = 0; i < ops.size(); i++) {
            if (ops.get(i) instanceof Call.Put put) {
                puts.add(put.key());
            } else if (ops.get(i) instanceof Call.DeleteRange delete) {
                deletes.add(WireRequests.keys(delete.keys()));
            } else if (ops.get(i) instanceof Call.Txn inner) {
                collect(inner, (Answer.Branch) branch.answers().get(i));
            }
        }
    }
}
