package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.TxnOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Transactions, in three steps: all conditions on the state as it was, so that the path through nested transactions is known;
 * then every check on that path, so that it is refused as a whole or not at all; then the operations. <b>Confined to the apply
 * thread.</b>
 */
final class TxnApplication {
    private final EntryEdit edit;
    private final KeyWrites writes;
    private final TxnReading reading;

    TxnApplication(EntryEdit edit, KeyWrites writes, TxnReading reading) {
        this.edit = edit;
        this.writes = writes;
        this.reading = reading;
    }

    Result apply(Command.Txn txn) {
        Path path = path(txn);
        Optional<Refusal> refusal = refusal(path);
        if (refusal.isPresent()) {
            return edit.refused(refusal.get());
        }
        edit.beginGroup();
        List<Result> results = results(path);
        return new Result.TxnResult(edit.endGroup(), path.succeeded(), results);
    }

    /**
     * The branch that a transaction takes.
     *
     * @param succeeded whether its conditions hold
     * @param branch its operations
     * @param inside the paths of the transactions among them, in order
     */
    private record Path(boolean succeeded, List<TxnOp> branch, List<Path> inside) {}

    private Path path(Command.Txn txn) {
        boolean succeeded = true;
        for (Compare compare : txn.compares()) {
            succeeded = succeeded && holds(compare);
        }
        List<TxnOp> branch = succeeded ? txn.success() : txn.failure();
        List<Path> inside = new ArrayList<>();
        for (TxnOp op : branch) {
            if (op instanceof Command.Txn inner) {
                inside.add(path(inner));
            }
        }
        return new Path(succeeded, branch, inside);
    }

    private boolean holds(Compare compare) {
        KeyRange range = compare.range();
        List<KeyRecord> living = edit.live(range);
        for (KeyRecord stored : living) {
            if (!compare.holds(stored.toKeyValue())) {
                return false;
            }
        }
        return !living.isEmpty() || compare.holdsWithoutKey();
    }

    private Optional<Refusal> refusal(Path path) {
        Check check = new Check(path);
        for (TxnOp op : path.branch()) {
            Optional<Refusal> refusal = op.matchOp(check);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    private List<Result> results(Path path) {
        Execution execution = new Execution(path);
        List<Result> results = new ArrayList<>(path.branch().size());
        for (TxnOp op : path.branch()) {
            results.add(op.matchOp(execution));
        }
        return results;
    }

    /** Says for one operation after the other of a branch why it cannot be carried out. */
    private final class Check implements TxnOp.Kinds<Optional<Refusal>> {
        private final Path path;
        private int txns;

        Check(Path path) {
            this.path = path;
        }

        @Override
        public Optional<Refusal> put(Command.Put op) {
            return writes.refusal(op);
        }

        @Override
        public Optional<Refusal> deleteRange(Command.DeleteRange op) {
            return Optional.empty();
        }

        @Override
        public Optional<Refusal> range(RangeRequest op) {
            return reading.refusal(op);
        }

        @Override
        public Optional<Refusal> txn(Command.Txn op) {
            return refusal(path.inside().get(txns++));
        }
    }

    /** Carries out one operation after the other of a branch. */
    private final class Execution implements TxnOp.Kinds<Result> {
        private final Path path;
        private int txns;

        Execution(Path path) {
            this.path = path;
        }

        @Override
        public Result put(Command.Put op) {
            return writes.write(op);
        }

        @Override
        public Result deleteRange(Command.DeleteRange op) {
            return writes.deleteRange(op);
        }

        @Override
        public Result range(RangeRequest op) {
            return reading.range(op);
        }

        @Override
        public Result txn(Command.Txn op) {
            Path inner = path.inside().get(txns++);
            List<Result> results = results(inner);
            return new Result.TxnResult(edit.settle(), inner.succeeded(), results);
        }
    }
}
