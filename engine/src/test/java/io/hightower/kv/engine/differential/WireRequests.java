package io.hightower.kv.engine.differential;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.RequestRules;
import io.hightower.kv.statemachine.TxnOp;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands and readings made of calls, as a server of etcd's API makes them. What no command can say, such as an empty key, is
 * refused here.
 */
final class WireRequests {
    /** Shorter leases are granted for so long: what the etcd beside us does, whose election timeout is 100 ms. */
    private static final long TTL_SECONDS_LEAST = 1;

    private static final Bytes FIRST = Bytes.wrap(new byte[] {0});

    private static final Bytes ALL_BEHIND = FIRST;

    private WireRequests() {}

    static KeyRange keys(Call.Keys keys) {
        RequestRules.requireKey(keys.key());
        if (keys.end().isEmpty()) {
            return KeyRange.single(keys.key());
        }
        return keys.end().equals(ALL_BEHIND) ? KeyRange.startingAt(keys.key()) : KeyRange.of(keys.key(), keys.end());
    }

    static RangeRequest range(Call.Range call) {
        RangeRequest.Content content = call.countOnly()
                ? RangeRequest.Content.COUNT
                : call.keysOnly() ? RangeRequest.Content.KEYS : RangeRequest.Content.ALL;
        Call.Bounds bounds = call.bounds();
        return new RangeRequest(
                keys(call.keys()),
                Math.max(RangeRequest.NEWEST, call.revision()),
                Math.max(RangeRequest.NO_LIMIT, call.limit()),
                new RangeRequest.Sort(call.order(), call.target()),
                content,
                new RangeRequest.RevisionFilter(
                        bounds.modifyLeast(), bounds.modifyMost(), bounds.createLeast(), bounds.createMost()));
    }

    /** Makes a put; {@link RequestRules#check(Command.Put)} is still to be asked. */
    static Command.Put put(Call.Put call) {
        RequestRules.requireKey(call.key());
        PutOptions options = new PutOptions(call.lease(), call.previous(), call.ignoreValue(), call.ignoreLease());
        return new Command.Put(call.key(), call.value(), Command.NO_VERSION, options);
    }

    static Command.DeleteRange deleteRange(Call.DeleteRange call) {
        return new Command.DeleteRange(keys(call.keys()), call.previous());
    }

    /** Makes a transaction; {@link RequestRules#check(Command.Txn, int)} is still to be asked. */
    static Command.Txn txn(Call.Txn call) {
        List<Compare> compares = new ArrayList<>();
        for (Call.Condition condition : call.compares()) {
            compares.add(compare(condition));
        }
        return new Command.Txn(compares, branch(call.success()), branch(call.failure()));
    }

    private static Compare compare(Call.Condition condition) {
        KeyRange range = keys(condition.keys());
        return condition.target() == Compare.Target.VALUE
                ? Compare.value(range, condition.operator(), condition.value())
                : Compare.number(range, condition.target(), condition.operator(), condition.number());
    }

    private static List<TxnOp> branch(List<Call.Op> ops) {
        List<TxnOp> branch = new ArrayList<>();
        for (Call.Op op : ops) {
            branch.add(op(op));
        }
        return branch;
    }

    private static TxnOp op(Call.Op op) {
        if (op instanceof Call.Range range) {
            return range(range);
        } else if (op instanceof Call.Put put) {
            return put(put);
        } else if (op instanceof Call.DeleteRange delete) {
            return deleteRange(delete);
        } else if (op instanceof Call.Txn txn) {
            return txn(txn);
        }
        // Odd, and what etcd answers to an operation that says nothing.
        throw new RefusedException(Refusal.KEY_NOT_FOUND);
    }

    /** Returns the keys of a watch, which may leave the first one out. */
    static KeyRange watchedKeys(Call.Keys keys) {
        return keys(keys.key().isEmpty() ? new Call.Keys(FIRST, keys.end()) : keys);
    }

    static WatchRequest watch(Call.Watch call) {
        WatchRequest.Changes changes = call.withoutPuts()
                ? call.withoutDeletes() ? WatchRequest.Changes.NONE : WatchRequest.Changes.DELETES
                : call.withoutDeletes() ? WatchRequest.Changes.PUTS : WatchRequest.Changes.ALL;
        WatchRequest request = WatchRequest.of(watchedKeys(call.keys()))
                .from(call.startRevision())
                .only(changes);
        return call.previous() ? request.withPrevious() : request;
    }

    static long ttlSeconds(Call.Grant call) {
        return Math.max(TTL_SECONDS_LEAST, call.ttlSeconds());
    }
}
