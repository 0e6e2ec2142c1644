package io.hightower.kv.statemachine.random;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Random commands over few keys, so that they meet: keys that are prefixes of one another, hold zero bytes, 0xff bytes,
 * colons and malformed UTF-8; explicit versions that are often stale; ranges that are often empty or inverted.
 */
public final class RandomCommands {
    /** The keys that commands use. */
    public static final List<Bytes> KEYS = List.of(
            Bytes.utf8("a"),
            Bytes.wrap(new byte[] {'a', 0}),
            Bytes.wrap(new byte[] {'a', 0, 0}),
            Bytes.utf8("a:b"),
            Bytes.utf8("a:b:c"),
            Bytes.utf8("PUT:x:y"),
            Bytes.utf8("ß"),
            Bytes.wrap(new byte[] {0}),
            Bytes.wrap(new byte[] {0x7f}),
            Bytes.wrap(new byte[] {(byte) 0x80}),
            Bytes.wrap(new byte[] {(byte) 0xc3, (byte) 0x28}),
            Bytes.wrap(new byte[] {(byte) 0xfe, (byte) 0xff}),
            Bytes.wrap(new byte[] {(byte) 0xff}),
            Bytes.wrap(new byte[] {(byte) 0xff, (byte) 0xff}));

    private static final int BATCH_COUNT_MAX = 6;
    private static final int VALUE_BYTES_MAX = 12;
    private static final int VERSION_USUALLY_MAX = 60;

    private final RandomGenerator random;

    /** Takes everything random from {@code random}. */
    public RandomCommands(RandomGenerator random) {
        this.random = random;
    }

    /** Returns so many commands. */
    public List<Command> list(int count) {
        List<Command> commands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            commands.add(next());
        }
        return commands;
    }

    /** Returns a command of any kind. */
    public Command next() {
        int kind = random.nextInt(100);
        if (kind < 80) {
            return single();
        }
        return kind < 94 ? batch() : release();
    }

    /** Returns a put, a delete or a range delete: what a batch may hold. */
    public Command single() {
        int kind = random.nextInt(100);
        if (kind < 60) {
            return new Command.Put(key(), value(), version());
        }
        return kind < 90 ? new Command.Delete(key(), version()) : new Command.DeleteRange(range());
    }

    /** Returns a batch in which keys often repeat. */
    public Command.Batch batch() {
        List<Command> commands = new ArrayList<>();
        int count = random.nextInt(1, BATCH_COUNT_MAX + 1);
        for (int i = 0; i < count; i++) {
            commands.add(single());
        }
        return new Command.Batch(commands);
    }

    /** Returns a release of few or of all tombstones. */
    public Command.ReleaseTombstones release() {
        int countMax = random.nextInt(5) == 0 ? Integer.MAX_VALUE : random.nextInt(1, 5);
        return new Command.ReleaseTombstones(random.nextLong(0, 600), countMax);
    }

    /** Returns one of {@link #KEYS}. */
    public Bytes key() {
        return KEYS.get(random.nextInt(KEYS.size()));
    }

    /** Returns any few bytes, or none. */
    public Bytes value() {
        byte[] value = new byte[random.nextInt(VALUE_BYTES_MAX + 1)];
        random.nextBytes(value);
        return Bytes.wrap(value);
    }

    /** Returns no version half the time, else mostly one that others may exceed. */
    public long version() {
        if (random.nextBoolean()) {
            return Command.NO_VERSION;
        }
        return switch (random.nextInt(300)) {
            case 0 -> Limits.VERSION_MAX;
            case 1 -> random.nextLong(1, Limits.VERSION_MAX);
            default -> random.nextLong(1, VERSION_USUALLY_MAX + 1);
        };
    }

    /** Returns a range of any shape. */
    public KeyRange range() {
        return switch (random.nextInt(10)) {
            case 0 -> KeyRange.all();
            case 1 -> KeyRange.startingAt(key());
            case 2 -> KeyRange.single(key());
            case 3, 4 -> KeyRange.prefix(key());
            case 5 -> KeyRange.of(Bytes.EMPTY, key());
            default -> KeyRange.of(key(), key());
        };
    }
}
