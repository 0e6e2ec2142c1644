package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.TxnOp;
import io.hightower.kv.statemachine.spi.ReadView;
import java.util.ArrayList;
import java.util.List;

/**
 * Transactions that change nothing, whichever branch they take: they are answered from a view of one moment, as applying them
 * at that moment would, and need no log. Thread-safe: there is no state.
 */
public final class ReadOnlyTxn {
    private ReadOnlyTxn() {}

    /** Tells whether a transaction has nothing but conditions and readings. */
    public static boolean is(Command.Txn txn) {
        return reads(txn.success()) && reads(txn.failure());
    }

    private static boolean reads(List<TxnOp> branch) {
        for (TxnOp op : branch) {
            boolean reads = op instanceof RangeRequest || (op instanceof Command.Txn inner && is(inner));
            if (!reads) {
                return false;
            }
        }
        return true;
    }

    /**
     * Answers a transaction.
     *
     * @throws RefusedException if one of its readings on the way asks for a revision that the view does not have
     */
    public static Result.TxnResult read(ReadView view, Command.Txn txn) {
        boolean succeeded = true;
        for (Compare compare : txn.compares()) {
            succeeded = succeeded && holds(view, compare);
        }
        List<Result> results = new ArrayList<>();
        for (TxnOp op : succeeded ? txn.success() : txn.failure()) {
            results.add(op instanceof RangeRequest range ? range(view, range) : read(view, (Command.Txn) op));
        }
        return new Result.TxnResult(view.revision(), succeeded, results);
    }

    private static Result.RangeResult range(ReadView view, RangeRequest request) {
        try {
            return RangeReading.read(view, request);
        } catch (RevisionUnavailableException e) {
            throw new RefusedException(e.isCompacted() ? Refusal.COMPACTED : Refusal.FUTURE_REVISION);
        }
    }

    /** A condition on a range is one on each of its keys; on nothing it is one on a key that is not there. */
    private static boolean holds(ReadView view, Compare compare) {
        if (compare.range().isSingle()) {
            return compare.holds(view.get(compare.range().from()));
        }
        boolean any = false;
        try (ReadView.KeyCursor cursor = view.cursor(compare.range())) {
            while (cursor.next()) {
                any = true;
                if (!compare.holds(cursor.current())) {
                    return false;
                }
            }
        }
        return any || compare.holdsWithoutKey();
    }
}
