package io.hightower.kv.engine.kill;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What one thread writes: step 1, 2, 3 and so on for ever, each decided by seed, thread and number alone. Every thread has keys
 * of its own, so what its keys hold is decided by how many of its steps were done. <b>Immutable.</b>
 */
record WriterScript(long seed, int thread) {
    private static final int KEYS = 300;
    private static final int HOT_KEYS = 4;
    private static final int BATCH_MAX = 8;
    private static final int RANGE_MAX = 20;
    private static final int HEADER_BYTES = 24;
    private static final int PADDING_MAX = 1500;

    /**
     * One change of one key or of a range of keys.
     *
     * @param from the first key
     * @param until behind the last key
     * @param part place within its step: a value says which step and part wrote it; {@link #DELETION} if nothing is written
     */
    private record Change(int from, int until, int part) {
        private static final int DELETION = -1;
    }

    /** Which step, and which part of it, wrote the value of a key. */
    record Origin(long step, int part) {}

    /** Returns the command of a step. */
    Command command(long step) {
        List<Command> commands = commands(step);
        return commands.size() == 1 ? commands.get(0) : new Command.Batch(commands);
    }

    /** Returns the commands that take effect together in a step. */
    List<Command> commands(long step) {
        return changes(step).stream().map(change -> toCommand(step, change)).toList();
    }

    private Command toCommand(long step, Change change) {
        if (change.part() != Change.DELETION) {
            return Command.put(key(change.from()), value(new Origin(step, change.part())));
        }
        if (change.until() == change.from() + 1) {
            return Command.delete(key(change.from()));
        }
        return new Command.DeleteRange(KeyRange.of(key(change.from()), key(change.until())));
    }

    /** Does a step to a picture of the thread's keys. */
    void applyTo(TreeMap<Bytes, Origin> picture, long step) {
        for (Change change : changes(step)) {
            if (change.part() == Change.DELETION) {
                picture.subMap(key(change.from()), key(change.until())).clear();
            } else {
                picture.put(key(change.from()), new Origin(step, change.part()));
            }
        }
    }

    private List<Change> changes(long step) {
        SplittableRandom random = random(step, 0);
        int kind = random.nextInt(100);
        if (kind < 45) {
            return List.of(put(random.nextInt(KEYS), 0));
        }
        if (kind < 60) {
            return List.of(put(random.nextInt(HOT_KEYS), 0));
        }
        if (kind < 75) {
            return List.of(delete(random.nextInt(KEYS), 1));
        }
        if (kind < 79) {
            return List.of(delete(random.nextInt(KEYS - RANGE_MAX), 2 + random.nextInt(RANGE_MAX - 1)));
        }
        List<Change> batch = new ArrayList<>();
        int size = random.nextInt(2, BATCH_MAX + 1);
        for (int part = 0; part < size; part++) {
            int key = random.nextInt(KEYS);
            batch.add(random.nextInt(4) == 0 ? delete(key, 1) : put(key, part));
        }
        return batch;
    }

    private static Change put(int key, int part) {
        return new Change(key, key + 1, part);
    }

    private static Change delete(int from, int keys) {
        return new Change(from, from + keys, Change.DELETION);
    }

    /** Returns all keys that the thread may ever write. */
    KeyRange range() {
        return KeyRange.prefix(Bytes.utf8("writer" + thread + "/"));
    }

    /** Returns each key that the thread may ever write. */
    List<Bytes> keys() {
        List<Bytes> keys = new ArrayList<>();
        for (int number = 0; number < KEYS; number++) {
            keys.add(key(number));
        }
        return keys;
    }

    private Bytes key(int number) {
        return Bytes.utf8("writer" + thread + "/" + (1000 + number));
    }

    /** Returns the value that says by itself who wrote it and when. */
    Bytes value(Origin origin) {
        SplittableRandom random = random(origin.step(), 1 + origin.part());
        byte[] padding = new byte[random.nextInt(PADDING_MAX)];
        random.nextBytes(padding);
        byte[] value = new byte[HEADER_BYTES + padding.length];
        ByteBuffer.wrap(value)
                .putLong(thread)
                .putLong(origin.step())
                .putLong(origin.part())
                .put(padding);
        return Bytes.wrap(value);
    }

    /** Returns what a value says about itself; refuses one that was never written so. */
    Origin originOf(Bytes value) {
        ByteBuffer read = value.asByteBuffer();
        if (read.remaining() < HEADER_BYTES) {
            throw new AssertionError("A value is cut off: thread=" + thread + " value=" + value);
        }
        long writer = read.getLong();
        Origin origin = new Origin(read.getLong(), (int) read.getLong());
        if (writer != thread || !value.equals(value(origin))) {
            throw new AssertionError(
                    "A value was never written so: thread=" + thread + " writer=" + writer + " " + origin);
        }
        return origin;
    }

    private SplittableRandom random(long step, int salt) {
        return new SplittableRandom(
                Bytes.utf8(seed + "/" + thread + "/" + step + "/" + salt).hash64());
    }
}
