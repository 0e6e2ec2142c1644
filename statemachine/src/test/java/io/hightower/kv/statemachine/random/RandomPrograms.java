package io.hightower.kv.statemachine.random;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.SystemWrite;
import io.hightower.kv.statemachine.TxnOp;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Random entries with all kinds of commands, over few keys, values and leases, so that they meet. Times mostly go on and
 * sometimes back; revisions asked for are mostly near the newest, some compacted, some in the future. Transactions may change a
 * key twice: applying is defined for that too.
 */
public final class RandomPrograms {
    /** The leases that commands use. */
    public static final List<Long> LEASES = List.of(1L, 2L, 3L, -7L, Long.MIN_VALUE);

    /** The sessions that commands use. */
    public static final List<Long> SESSIONS = List.of(1L, 2L, -3L);

    private static final int COMMANDS_MAX = 3;
    private static final int OPERATIONS_MAX = 4;
    private static final int DEPTH_MAX = 3;
    private static final int REVISIONS_BACK_MAX = 12;

    /** Times are multiples of it, so that some entries come at the very end of a lease. */
    private static final int STEP_MILLIS = 500;

    private final RandomGenerator random;
    private final RandomCommands commands;
    private final RandomSessions sessions;
    private long timeMillis;

    /** The greatest time so far. */
    private long nowMillis;

    /** About the revision that a store has after what was generated so far. */
    private long revision = 1;

    /** Takes everything random from {@code random}. */
    public RandomPrograms(RandomGenerator random) {
        this.random = random;
        this.commands = new RandomCommands(random);
        this.sessions = new RandomSessions(random, this::askedFor);
    }

    /** Returns so many entries. */
    public List<Entry> entries(int count) {
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(entry());
        }
        return entries;
    }

    /** Returns the next entry. */
    public Entry entry() {
        timeMillis = Math.max(0, timeMillis + random.nextInt(-1, 4) * (long) STEP_MILLIS);
        nowMillis = Math.max(nowMillis, timeMillis);
        List<Command> next = new ArrayList<>();
        for (int left = random.nextInt(1, COMMANDS_MAX + 1); left > 0; left--) {
            next.add(command());
        }
        return new Entry(timeMillis, next);
    }

    /** Returns a command of any kind. */
    public Command command() {
        return random.nextInt(5) == 0 ? sessions.next(nowMillis) : plain();
    }

    /** Returns a command that users ask for, and that a session takes. */
    private Command askedFor() {
        return switch (random.nextInt(12)) {
            case 0 -> commands.batch();
            case 1 -> new Command.Compact(revision());
            case 2 -> new Command.AdvanceTime();
            case 3 -> new Command.GrantLease(lease(), random.nextLong(1, 40));
            case 4 -> random.nextBoolean() ? new Command.RenewLease(lease()) : new Command.RevokeLease(lease());
            case 5, 6 -> commands.single();
            case 7, 8, 9 -> txn(1);
            default -> put();
        };
    }

    /** Returns a command that belongs to no session. */
    private Command plain() {
        int kind = random.nextInt(100);
        if (kind < 70) {
            revision++;
            return kind < 28 ? put() : kind < 60 ? txn(1) : commands.single();
        } else if (kind < 74) {
            return commands.batch();
        } else if (kind < 92) {
            return leaseCommand();
        }
        return switch (kind) {
            case 92, 93, 94 -> new Command.Compact(revision());
            case 95 -> commands.release();
            case 96 -> new Command.AdvanceTime();
            default -> writeSystem();
        };
    }

    private Command leaseCommand() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> new Command.GrantLease(lease(), random.nextLong(1, 40));
            case 4, 5 -> new Command.RenewLease(lease());
            case 6 -> new Command.RevokeLease(lease());
            default -> new Command.ExpireLease(lease());
        };
    }

    private Command.Put put() {
        PutOptions options = new PutOptions(
                random.nextInt(3) == 0 ? lease() : 0,
                random.nextInt(3) == 0,
                random.nextInt(8) == 0,
                random.nextInt(8) == 0);
        long version = random.nextInt(6) == 0 ? commands.version() : Command.NO_VERSION;
        return new Command.Put(commands.key(), value(), version, options);
    }

    private Command writeSystem() {
        List<SystemWrite> writes = new ArrayList<>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            Bytes key = Bytes.utf8("system" + i);
            SystemWrite write = random.nextInt(3) == 0 ? SystemWrite.removal(key) : SystemWrite.value(key, value());
            writes.add(random.nextBoolean() ? write : write.expecting(random.nextInt(4)));
        }
        return new Command.WriteSystem(writes);
    }

    private Command.Txn txn(int depth) {
        List<Compare> compares = new ArrayList<>();
        for (int left = random.nextInt(3); left > 0; left--) {
            compares.add(compare());
        }
        return new Command.Txn(compares, branch(depth), branch(depth));
    }

    private List<TxnOp> branch(int depth) {
        List<TxnOp> branch = new ArrayList<>();
        for (int left = random.nextInt(OPERATIONS_MAX); left > 0; left--) {
            branch.add(op(depth));
        }
        return branch;
    }

    private TxnOp op(int depth) {
        int kind = random.nextInt(10);
        if (kind < 4) {
            return put();
        } else if (kind < 6) {
            return new Command.DeleteRange(commands.range(), random.nextBoolean());
        } else if (kind < 9 || depth == DEPTH_MAX) {
            return range();
        }
        return txn(depth + 1);
    }

    /** Returns a condition of any kind. */
    public Compare compare() {
        Compare.Target target = pick(Compare.Target.values());
        Compare.Operator operator = pick(Compare.Operator.values());
        KeyRange range = random.nextInt(4) == 0 ? commands.range() : KeyRange.single(commands.key());
        return switch (target) {
            case VALUE -> Compare.value(range, operator, value());
            case VERSION -> Compare.number(range, target, operator, random.nextLong(4));
            case LEASE -> Compare.number(range, target, operator, random.nextBoolean() ? 0 : lease());
            default -> Compare.number(range, target, operator, random.nextInt(3) == 0 ? 0 : revision());
        };
    }

    /** Returns a reading of any kind. */
    public RangeRequest range() {
        return new RangeRequest(
                random.nextInt(3) == 0 ? KeyRange.single(commands.key()) : commands.range(),
                random.nextBoolean() ? RangeRequest.NEWEST : revision(),
                random.nextBoolean() ? RangeRequest.NO_LIMIT : random.nextLong(1, 6),
                new RangeRequest.Sort(pick(RangeRequest.Direction.values()), pick(RangeRequest.SortTarget.values())),
                pick(RangeRequest.Content.values()),
                random.nextInt(3) > 0
                        ? RangeRequest.RevisionFilter.NONE
                        : new RangeRequest.RevisionFilter(bound(), bound(), bound(), bound()));
    }

    private long bound() {
        return random.nextInt(3) > 0 ? 0 : revision();
    }

    private long revision() {
        return Math.max(1, revision * 7 / 8 + 1 - random.nextInt(-2, REVISIONS_BACK_MAX));
    }

    private long lease() {
        return LEASES.get(random.nextInt(LEASES.size()));
    }

    private Bytes value() {
        return random.nextInt(4) == 0 ? Bytes.EMPTY : Bytes.wrap(new byte[] {(byte) random.nextInt(-2, 3)});
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
