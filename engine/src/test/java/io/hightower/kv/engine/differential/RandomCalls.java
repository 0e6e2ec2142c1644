package io.hightower.kv.engine.differential;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.RangeRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A random call of any kind, made for the moment at which it is called: over few keys, values and leases, so that they meet;
 * at revisions near the newest, the compact one and the next to come. Most are sensible, some are not.
 */
final class RandomCalls {
    /** The keys that are written. */
    static final List<Bytes> KEYS = List.of(
            Bytes.wrap(new byte[] {0}),
            Bytes.utf8("a"),
            Bytes.wrap(new byte[] {'a', 0}),
            Bytes.utf8("ab"),
            Bytes.utf8("b"),
            Bytes.utf8("c"),
            Bytes.wrap(new byte[] {(byte) 0xff}),
            Bytes.wrap(new byte[] {(byte) 0xff, (byte) 0xff}));

    /** The leases that are granted. */
    private static final List<Long> LEASES = List.of(1L, 2L, 3L, -7L, Long.MIN_VALUE, Long.MAX_VALUE);

    private static final Bytes ZERO = Bytes.wrap(new byte[] {0});

    /** The most that etcd takes by default in each list of a transaction. */
    private static final int OPERATIONS_MAX = 128;

    private static final int DEPTH_MAX = 3;

    /** No lease ends while a program runs, and each ends far from the others, so that their order is known. */
    private static final long TTL_SECONDS = 10_000;

    private final RandomGenerator random;
    private final Moment moment;

    /** The keys that the present transaction puts so far. */
    private final Set<Bytes> changed = new HashSet<>();

    /** Whether the present transaction puts a key and keeps its value or its lease. */
    private boolean keepsSomething;

    private boolean deletesWithoutEnd;

    RandomCalls(RandomGenerator random, Moment moment) {
        this.random = random;
        this.moment = moment;
    }

    /** Returns a call of any kind. */
    Call next() {
        int kind = random.nextInt(200);
        if (kind < 60) {
            return put(oneIn(40));
        } else if (kind < 110) {
            return range(oneIn(40));
        } else if (kind < 154) {
            return oneIn(15) ? oddTxn() : txn();
        } else if (kind < 164) {
            return deleteRange(oneIn(20));
        } else if (kind < 168) {
            return new Call.Hash(random.nextBoolean() ? 0 : Math.max(0, revision()));
        } else if (kind < 170) {
            return compact();
        } else if (kind < 171) {
            return watch();
        }
        return lease();
    }

    private Call.Compact compact() {
        long revision = oneIn(3) ? revision() : moment.compactRevision() + random.nextLong(1, 20);
        // Compacting at 0 has a test of its own.
        return new Call.Compact(revision == 0 ? 1 : revision);
    }

    private Call.Watch watch() {
        Call.Keys keys = keys();
        return new Call.Watch(
                oneIn(8) ? new Call.Keys(Bytes.EMPTY, keys.end()) : keys,
                oneIn(4) ? 0 : Math.max(0, oneIn(4) ? moment.compactRevision() : revision()),
                oneIn(6),
                oneIn(6),
                oneIn(2));
    }

    /** Returns calls that every watch of these keys tells of, whatever it leaves out. */
    static List<Call> farewell() {
        List<Call.Op> puts = new ArrayList<>();
        for (Bytes key : KEYS) {
            puts.add(new Call.Put(key, Bytes.EMPTY, 0, false, false, false));
        }
        return List.of(
                new Call.Txn(List.of(), puts, List.of()), new Call.DeleteRange(new Call.Keys(ZERO, ZERO), false));
    }

    private Call lease() {
        return switch (random.nextInt(15)) {
            case 0, 1, 2, 3, 4 -> grant();
            case 5, 6 -> new Call.Revoke(leaseId());
            case 7, 8, 9 -> new Call.KeepAlive(leaseId());
            case 10, 11, 12, 13 -> new Call.TimeToLive(leaseId(), random.nextBoolean());
            default -> new Call.Leases();
        };
    }

    private Call.Grant grant() {
        int which = random.nextInt(LEASES.size());
        long ttl = oneIn(20) ? Lease.TTL_SECONDS_MAX + random.nextInt(3) : TTL_SECONDS * (which + 1);
        return new Call.Grant(LEASES.get(which), ttl);
    }

    private Call.Put put(boolean withoutKey) {
        boolean ignoreValue = oneIn(8);
        boolean ignoreLease = oneIn(8);
        return new Call.Put(
                withoutKey ? Bytes.EMPTY : key(),
                ignoreValue && !oneIn(5) ? Bytes.EMPTY : value(),
                ignoreLease && !oneIn(5) ? 0 : oneIn(3) ? leaseId() : 0,
                oneIn(3),
                ignoreValue,
                ignoreLease);
    }

    private Call.DeleteRange deleteRange(boolean withoutKey) {
        Call.Keys keys = oneIn(2) ? new Call.Keys(key(), Bytes.EMPTY) : keys();
        return new Call.DeleteRange(withoutKey ? new Call.Keys(Bytes.EMPTY, keys.end()) : keys, oneIn(2));
    }

    private Call.Range range(boolean withoutKey) {
        Call.Keys keys = keys();
        return new Call.Range(
                withoutKey ? new Call.Keys(Bytes.EMPTY, keys.end()) : keys,
                oneIn(2) ? random.nextInt(1, 6) : oneIn(20) ? -1 : 0,
                oneIn(2) ? revision() : oneIn(20) ? -1 : 0,
                pick(RangeRequest.Direction.values()),
                pick(RangeRequest.SortTarget.values()),
                oneIn(3),
                oneIn(6),
                oneIn(6),
                oneIn(3) ? new Call.Bounds(bound(), bound(), bound(), bound()) : Call.Bounds.NONE);
    }

    private Call.Txn txn() {
        changed.clear();
        keepsSomething = false;
        deletesWithoutEnd = false;
        return txn(1);
    }

    private Call.Txn txn(int depth) {
        List<Call.Condition> compares = new ArrayList<>();
        for (int left = random.nextInt(3); left > 0; left--) {
            compares.add(condition());
        }
        return new Call.Txn(compares, branch(depth), branch(depth));
    }

    private List<Call.Op> branch(int depth) {
        List<Call.Op> branch = new ArrayList<>();
        for (int left = random.nextInt(5); left > 0; left--) {
            branch.add(op(depth));
        }
        return branch;
    }

    private Call.Op op(int depth) {
        int kind = random.nextInt(11);
        if (kind < 4) {
            return putIn(depth);
        } else if (kind < 5) {
            return deleteIn(depth);
        } else if (kind < 8 || depth == DEPTH_MAX) {
            // Most of those that ask for a revision which cannot be read would have the whole refused.
            Call.Range range = range(false);
            return oneIn(3) && range.revision() >= 0 ? range : newest(range);
        }
        return txn(depth + 1);
    }

    /** Returns a put, seldom of a key that is put already: transactions that change a key twice are refused, most of them. */
    private Call.Op putIn(int depth) {
        Call.Put put = put(false);
        boolean keeps = put.ignoreValue() || put.ignoreLease();
        if ((keeps && deletesWithoutEnd) || (!changed.add(put.key()) && !oneIn(6))) {
            return op(depth);
        }
        keepsSomething |= keeps;
        return put;
    }

    /**
     * Returns a delete, seldom one without an end: that may meet the puts of the same transaction. It may not meet one that keeps
     * something, because etcd crashes when there is nothing left to keep.
     */
    private Call.Op deleteIn(int depth) {
        Call.DeleteRange delete = deleteRange(false);
        if (delete.keys().end().equals(ZERO)) {
            if (keepsSomething || !oneIn(6)) {
                return op(depth);
            }
            deletesWithoutEnd = true;
        }
        return delete;
    }

    private static Call.Range newest(Call.Range range) {
        return new Call.Range(
                range.keys(),
                range.limit(),
                0,
                range.order(),
                range.target(),
                range.serializable(),
                range.keysOnly(),
                range.countOnly(),
                range.bounds());
    }

    /** Returns a transaction that is refused, or nearly, for one thing that it says. */
    private Call.Txn oddTxn() {
        Call.Range reading = newest(range(false));
        return switch (random.nextInt(6)) {
            case 0 -> new Call.Txn(List.of(), List.of(reading, new Call.Nothing()), List.of());
            case 1 -> new Call.Txn(List.of(), List.of(reading), List.of(put(true)));
            case 2 -> new Call.Txn(List.of(), List.of(deleteRange(true)), List.of(reading));
            case 3 -> {
                Call.Condition unnamed = new Call.Condition(
                        new Call.Keys(Bytes.EMPTY, Bytes.EMPTY),
                        Compare.Target.VERSION,
                        Compare.Operator.EQUAL,
                        0,
                        Bytes.EMPTY);
                yield new Call.Txn(List.of(unnamed), List.of(), List.of());
            }
            case 4 -> large(List.of());
            default -> {
                int inside = random.nextInt(1, 5);
                Call.Op nested = new Call.Txn(List.of(), readings(inside), List.of());
                yield large(List.of(nested));
            }
        };
    }

    /** Returns a transaction with about as many operations as there may be, and some others. */
    private Call.Txn large(List<Call.Op> others) {
        List<Call.Op> many = new ArrayList<>(readings(OPERATIONS_MAX - random.nextInt(-1, 5)));
        many.addAll(others);
        return oneIn(2) ? new Call.Txn(List.of(), many, List.of()) : new Call.Txn(List.of(), List.of(), many);
    }

    private List<Call.Op> readings(int count) {
        List<Call.Op> readings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            readings.add(new Call.Range(
                    new Call.Keys(key(), Bytes.EMPTY),
                    0,
                    0,
                    RangeRequest.Direction.NONE,
                    RangeRequest.SortTarget.KEY,
                    false,
                    false,
                    true,
                    Call.Bounds.NONE));
        }
        return readings;
    }

    private Call.Condition condition() {
        Compare.Target target = pick(Compare.Target.values());
        Call.Keys keys = oneIn(4) ? keys() : new Call.Keys(key(), Bytes.EMPTY);
        long number =
                switch (target) {
                    case VALUE -> 0;
                    case VERSION -> oneIn(2) ? 0 : random.nextLong(4);
                    case LEASE -> oneIn(2) ? 0 : leaseId();
                    default -> oneIn(3) ? 0 : revision();
                };
        Bytes value = target == Compare.Target.VALUE ? value() : Bytes.EMPTY;
        return new Call.Condition(keys, target, pick(Compare.Operator.values()), number, value);
    }

    /** Returns keys in any form that the wire knows; the end may lie before the first. */
    private Call.Keys keys() {
        Bytes key = key();
        return switch (random.nextInt(10)) {
            case 0, 1 -> new Call.Keys(key, Bytes.EMPTY);
            case 2 -> new Call.Keys(key, ZERO);
            case 3, 4 -> new Call.Keys(ZERO, ZERO);
            case 5 -> new Call.Keys(key, key.successor());
            default -> new Call.Keys(key, key());
        };
    }

    private Bytes key() {
        return KEYS.get(random.nextInt(KEYS.size()));
    }

    private Bytes value() {
        return oneIn(4) ? Bytes.EMPTY : Bytes.wrap(new byte[] {(byte) random.nextInt(-2, 3)});
    }

    private long leaseId() {
        return LEASES.get(random.nextInt(LEASES.size()));
    }

    private long bound() {
        return oneIn(3) ? Math.max(0, revision()) : 0;
    }

    /** Returns a revision, seldom one that there never was or that cannot be. */
    private long revision() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> moment.compactRevision() + random.nextInt(-1, 3);
            case 3 -> moment.revision() + random.nextInt(1, 4);
            case 4 -> random.nextLong(moment.revision() + 1);
            default -> Math.max(1, moment.revision() - random.nextInt(16));
        };
    }

    private boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
