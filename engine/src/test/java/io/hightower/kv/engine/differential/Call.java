package io.hightower.kv.engine.differential;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.RangeRequest;
import java.util.List;

/** A call of etcd's API with the fields that it has on the wire, sensible or not. <b>Immutable.</b> */
sealed interface Call {
    /** Has a side answer. */
    Answer on(Side side);

    /** What may stand in a branch of a transaction. */
    sealed interface Op {}

    /**
     * Keys as they are named on the wire.
     *
     * @param key the first one
     * @param end nothing for that key alone, a zero byte for all behind it, else the end, which is not among them
     */
    record Keys(Bytes key, Bytes end) {
        @Override
        public String toString() {
            return end.isEmpty() ? key.toString() : "[" + key + ", " + end + ")";
        }
    }

    /** Bounds of revisions, 0 for none. */
    record Bounds(long modifyLeast, long modifyMost, long createLeast, long createMost) {
        static final Bounds NONE = new Bounds(0, 0, 0, 0);
    }

    /** KV.Range. */
    record Range(
            Keys keys,
            long limit,
            long revision,
            RangeRequest.Direction order,
            RangeRequest.SortTarget target,
            boolean serializable,
            boolean keysOnly,
            boolean countOnly,
            Bounds bounds)
            implements Call, Op {
        @Override
        public Answer on(Side side) {
            return side.range(this);
        }

        /** Shows what is not as it is when nothing is said: transactions are long enough. */
        @Override
        public String toString() {
            return "Range[" + keys
                    + (limit == 0 ? "" : " limit=" + limit)
                    + (revision == 0 ? "" : " revision=" + revision)
                    + (order == RangeRequest.Direction.NONE ? "" : " order=" + order)
                    + (target == RangeRequest.SortTarget.KEY ? "" : " target=" + target)
                    + (serializable ? " serializable" : "")
                    + (keysOnly ? " keysOnly" : "")
                    + (countOnly ? " countOnly" : "")
                    + (bounds.equals(Bounds.NONE) ? "" : " " + bounds)
                    + "]";
        }
    }

    /** KV.Put. */
    record Put(Bytes key, Bytes value, long lease, boolean previous, boolean ignoreValue, boolean ignoreLease)
            implements Call, Op {
        @Override
        public Answer on(Side side) {
            return side.put(this);
        }

        /** Shows what is not as it is when nothing is said. */
        @Override
        public String toString() {
            return "Put[" + key + "=" + value
                    + (lease == 0 ? "" : " lease=" + lease)
                    + (previous ? " previous" : "")
                    + (ignoreValue ? " ignoreValue" : "")
                    + (ignoreLease ? " ignoreLease" : "")
                    + "]";
        }
    }

    /** KV.DeleteRange. */
    record DeleteRange(Keys keys, boolean previous) implements Call, Op {
        @Override
        public Answer on(Side side) {
            return side.deleteRange(this);
        }
    }

    /** A condition; of number and value the one counts that fits the target. */
    record Condition(Keys keys, Compare.Target target, Compare.Operator operator, long number, Bytes value) {}

    /** An operation that says nothing. */
    record Nothing() implements Op {}

    /** KV.Txn. */
    record Txn(List<Condition> compares, List<Op> success, List<Op> failure) implements Call, Op {
        public Txn {
            compares = List.copyOf(compares);
            success = List.copyOf(success);
            failure = List.copyOf(failure);
        }

        @Override
        public Answer on(Side side) {
            return side.txn(this);
        }
    }

    /** KV.Compact. */
    record Compact(long revision) implements Call {
        @Override
        public Answer on(Side side) {
            return side.compact(this);
        }
    }

    /** Lease.LeaseGrant. */
    record Grant(long id, long ttlSeconds) implements Call {
        @Override
        public Answer on(Side side) {
            return side.grant(this);
        }
    }

    /** Lease.LeaseRevoke. */
    record Revoke(long id) implements Call {
        @Override
        public Answer on(Side side) {
            return side.revoke(this);
        }
    }

    /** Lease.LeaseKeepAlive, once. */
    record KeepAlive(long id) implements Call {
        @Override
        public Answer on(Side side) {
            return side.keepAlive(this);
        }
    }

    /** Lease.LeaseTimeToLive. */
    record TimeToLive(long id, boolean keys) implements Call {
        @Override
        public Answer on(Side side) {
            return side.timeToLive(this);
        }
    }

    /** Lease.LeaseLeases. */
    record Leases() implements Call {
        @Override
        public Answer on(Side side) {
            return side.leases(this);
        }
    }

    /** The creation of a watch; an empty key stands for the first of all. */
    record Watch(Keys keys, long startRevision, boolean withoutPuts, boolean withoutDeletes, boolean previous)
            implements Call {
        @Override
        public Answer on(Side side) {
            return side.watch(this);
        }
    }

    /** Maintenance.HashKV. */
    record Hash(long revision) implements Call {
        @Override
        public Answer on(Side side) {
            return side.hash(this);
        }
    }
}
