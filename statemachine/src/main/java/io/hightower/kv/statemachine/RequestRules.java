package io.hightower.kv.statemachine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a request must fulfil by itself, whatever the state is. Checked before a command is made and proposed, so that applying
 * it has nothing to refuse that could have been known.
 */
public final class RequestRules {
    /** Most operations and conditions of a transaction unless configured otherwise, as in etcd. */
    public static final int TXN_OPERATIONS_DEFAULT = 128;

    private RequestRules() {}

    /**
     * Refuses an empty key.
     *
     * @throws RefusedException with {@link Refusal#KEY_MISSING}
     */
    public static void requireKey(Bytes key) {
        require(!key.isEmpty(), Refusal.KEY_MISSING);
    }

    /**
     * Refuses a time-to-live that is too long.
     *
     * @throws RefusedException with {@link Refusal#LEASE_TTL_TOO_LARGE}
     */
    public static void requireTtl(long ttlSeconds) {
        require(ttlSeconds <= Lease.TTL_SECONDS_MAX, Refusal.LEASE_TTL_TOO_LARGE);
    }

    /**
     * Refuses a put that contradicts itself.
     *
     * @throws RefusedException with {@link Refusal#VALUE_PROVIDED} or {@link Refusal#LEASE_PROVIDED}
     */
    public static void check(Command.Put put) {
        requireKey(put.key());
        PutOptions options = put.options();
        require(!options.ignoreValue() || put.value().isEmpty(), Refusal.VALUE_PROVIDED);
        require(!options.ignoreLease() || options.lease() == KeyRecord.NO_LEASE, Refusal.LEASE_PROVIDED);
    }

    /**
     * Refuses a transaction that is too large, contradicts itself or would change a key twice.
     *
     * @param operationsMax most conditions, and most operations of each branch; a transaction inside may have as many as the
     *     longest of the three lists around it leaves
     * @throws RefusedException with the first reason found
     */
    public static void check(Command.Txn txn, int operationsMax) {
        checkShape(txn, operationsMax);
        changesOf(txn.success());
        changesOf(txn.failure());
    }

    private static void checkShape(Command.Txn txn, int operationsMax) {
        int longest = Math.max(
                txn.compares().size(),
                Math.max(txn.success().size(), txn.failure().size()));
        require(longest <= operationsMax, Refusal.TOO_MANY_OPERATIONS);
        ShapeCheck inside = new ShapeCheck(operationsMax - longest);
        for (TxnOp op : txn.success()) {
            op.matchOp(inside);
        }
        for (TxnOp op : txn.failure()) {
            op.matchOp(inside);
        }
    }

    /** Checks each operation by itself; what is returned means nothing. */
    private record ShapeCheck(int operationsMax) implements TxnOp.Kinds<Boolean> {
        @Override
        public Boolean put(Command.Put op) {
            check(op);
            return true;
        }

        @Override
        public Boolean deleteRange(Command.DeleteRange op) {
            return true;
        }

        @Override
        public Boolean range(RangeRequest op) {
            return true;
        }

        @Override
        public Boolean txn(Command.Txn op) {
            checkShape(op, operationsMax);
            return true;
        }
    }

    /** What a branch changes: keys that it puts, ranges that it deletes and that have an end. */
    private record Changes(Set<Bytes> puts, List<KeyRange> deletes) {
        /** Adds a put, which may meet no delete, and no other put but one of {@code exclusive}. */
        void put(Bytes key, Set<Bytes> exclusive) {
            require(!puts.contains(key) || exclusive.contains(key), Refusal.DUPLICATE_KEY);
            for (KeyRange deleted : deletes) {
                require(!deleted.contains(key), Refusal.DUPLICATE_KEY);
            }
            puts.add(key);
        }
    }

    /**
     * Collects what a branch changes, and refuses what meets. As in etcd, deletes of the branch itself come first, then the
     * transactions inside, then its puts: so a put of one transaction inside may meet a delete of a later one. A delete of all
     * keys behind one may meet every put: etcd takes its end for a key, and then finds nothing in the range.
     */
    private static Changes changesOf(List<TxnOp> branch) {
        Changes changes = new Changes(new HashSet<>(), new ArrayList<>());
        for (TxnOp op : branch) {
            if (op instanceof Command.DeleteRange delete
                    && delete.range().until().isPresent()) {
                changes.deletes().add(delete.range());
            }
        }
        for (TxnOp op : branch) {
            if (op instanceof Command.Txn txn) {
                addInside(changes, txn);
            }
        }
        for (TxnOp op : branch) {
            if (op instanceof Command.Put put) {
                changes.put(put.key(), Set.of());
            }
        }
        return changes;
    }

    private static void addInside(Changes changes, Command.Txn txn) {
        Changes success = changesOf(txn.success());
        Changes failure = changesOf(txn.failure());
        for (Bytes key : success.puts()) {
            changes.put(key, Set.of());
        }
        for (Bytes key : failure.puts()) {
            changes.put(key, success.puts());
        }
        changes.deletes().addAll(success.deletes());
        changes.deletes().addAll(failure.deletes());
    }

    private static void require(boolean holds, Refusal otherwise) {
        if (!holds) {
            throw new RefusedException(otherwise);
        }
    }
}
