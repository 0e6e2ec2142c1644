package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.random.RandomCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** One thing done to a store, or asked of it, whatever its options are. <b>Immutable.</b> */
sealed interface StoreOperation {
    /** Applies a command as an entry of its own. */
    record Write(Command command) implements StoreOperation {}

    /** Moves the compact revision to a share of the way to the newest, in percent. */
    record MoveCompactRevision(int percent) implements StoreOperation {}

    /** Reads a key. */
    record Get(Bytes key) implements StoreOperation {}

    /** Reads a range in both directions and counts it. */
    record Scan(KeyRange range, int limit) implements StoreOperation {}

    /** Reads everything at an older revision, a share of the way from the oldest to the newest, in percent. */
    record ReadAt(int percent, Bytes key) implements StoreOperation {}

    /** Reads the changes since an older revision, a share of the way from the oldest to the newest, in percent. */
    record ReadChanges(int percent) implements StoreOperation {}

    /** Opens a view, and first reads the one opened before. */
    record ReadOldView() implements StoreOperation {}

    /** Makes everything durable. */
    record Checkpoint() implements StoreOperation {}

    /** Merges everything. */
    record Compact() implements StoreOperation {}

    /** Makes everything durable, closes the store and opens it again. */
    record Reopen() implements StoreOperation {}

    /** Installs the state of another store. */
    record Install() implements StoreOperation {}

    /** Returns operations of which most write. */
    static List<StoreOperation> list(RandomGenerator random, int count) {
        RandomCommands commands = new RandomCommands(random);
        List<StoreOperation> operations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            operations.add(next(random, commands));
        }
        return operations;
    }

    private static StoreOperation next(RandomGenerator random, RandomCommands commands) {
        return switch (random.nextInt(100)) {
            case 0 -> new Checkpoint();
            case 1 -> new Compact();
            case 2 -> new Reopen();
            case 3 -> random.nextInt(4) == 0 ? new Install() : new Checkpoint();
            case 4 -> new MoveCompactRevision(random.nextInt(101));
            case 5, 6, 7, 8, 9 -> new Get(random.nextBoolean() ? key(random) : commands.key());
            case 10, 11, 12 -> new Scan(commands.range(), random.nextInt(20));
            case 13, 14 -> new Scan(KeyRange.of(key(random), key(random)), random.nextInt(20));
            case 15, 16, 17 -> new ReadAt(random.nextInt(101), key(random));
            case 18, 19, 20 -> new ReadChanges(random.nextInt(101));
            case 21 -> new ReadOldView();
            case 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 -> new Write(commands.next());
            case 32, 33, 34, 35, 36, 37, 38, 39 -> new Write(Command.delete(key(random)));
            default -> new Write(Command.put(key(random), value(random)));
        };
    }

    private static Bytes key(RandomGenerator random) {
        return Bytes.utf8("key" + random.nextInt(60));
    }

    private static Bytes value(RandomGenerator random) {
        byte[] value = new byte[random.nextInt(30) == 0 ? random.nextInt(6_000) : random.nextInt(250)];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (i % 16 < 4 ? random.nextInt() : i);
        }
        return Bytes.wrap(value);
    }
}
