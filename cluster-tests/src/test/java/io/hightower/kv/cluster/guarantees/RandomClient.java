package io.hightower.kv.cluster.guarantees;

import io.hightower.kv.cluster.guarantees.recording.RecordingEngine;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.TxnOp;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** One client that writes and reads at random. Its values are never written twice, so that each tells where it comes from. */
final class RandomClient {
    private static final int KEYS = 24;
    private static final String[] FOLDERS = {"a/", "b/", "c/"};

    private final String name;
    private final RandomGenerator random;
    private long valuesWritten;

    /** The newest revision that it was told of. */
    private long seenRevision = 1;

    RandomClient(String name, RandomGenerator random) {
        this.name = name;
        this.random = random;
    }

    /** Does one thing. What it fails with is in the history. */
    void act(RecordingEngine engine) {
        try {
            int kind = random.nextInt(100);
            if (kind < 32) {
                seenRevision = engine.put(put(randomKey())).revision();
            } else if (kind < 40) {
                seenRevision = engine.delete(randomKey()).revision();
            } else if (kind < 44) {
                seenRevision = engine.deleteRange(deleteRange()).revision();
            } else if (kind < 52) {
                seenRevision = engine.submitBatch(batch()).revision();
            } else if (kind < 70) {
                seenRevision = engine.txn(txn(true)).revision();
            } else if (kind < 85) {
                seenRevision = engine.range(reading()).revision();
            } else {
                engine.range(reading().atRevision(Math.max(1, seenRevision - random.nextInt(60))));
            }
        } catch (HightowerException e) {
            // Refused, closed or without a leader: the history has it.
        }
    }

    private Bytes randomKey() {
        int number = random.nextInt(KEYS);
        return Bytes.utf8(FOLDERS[number % FOLDERS.length] + number);
    }

    private Bytes randomValue() {
        // Some are long, so that memtables fill up and fragments are cut.
        String padding = random.nextInt(8) == 0 ? "-".repeat(400) : "";
        return Bytes.utf8(name + "-" + ++valuesWritten + padding);
    }

    private Command.Put put(Bytes key) {
        boolean previous = random.nextInt(3) == 0;
        boolean ignoreValue = random.nextInt(16) == 0;
        boolean ignoreLease = random.nextInt(16) == 0;
        Bytes value = ignoreValue ? Bytes.EMPTY : randomValue();
        return new Command.Put(key, value, Command.NO_VERSION, new PutOptions(0, previous, ignoreValue, ignoreLease));
    }

    private Command.DeleteRange deleteRange() {
        Bytes from = randomKey();
        KeyRange range = random.nextBoolean()
                ? KeyRange.single(from)
                : KeyRange.of(from, from.successor().successor());
        return new Command.DeleteRange(range, random.nextBoolean());
    }

    /** Returns commands that may meet on a key. */
    private List<Command> batch() {
        List<Command> commands = new ArrayList<>();
        int length = 2 + random.nextInt(4);
        for (int i = 0; i < length; i++) {
            Bytes key = randomKey();
            commands.add(random.nextInt(4) == 0 ? Command.delete(key) : Command.put(key, randomValue()));
        }
        return commands;
    }

    private Command.Txn txn(boolean outermost) {
        List<Compare> compares = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            compares.add(compare());
        }
        return new Command.Txn(compares, branch(outermost), branch(false));
    }

    private Compare compare() {
        KeyRange range = KeyRange.single(randomKey());
        return switch (random.nextInt(4)) {
            case 0 -> Compare.number(range, Compare.Target.VERSION, Compare.Operator.GREATER, random.nextInt(3));
            case 1 -> Compare.number(range, Compare.Target.MODIFY, Compare.Operator.LESS, seenRevision);
            case 2 -> Compare.number(range, Compare.Target.CREATE, Compare.Operator.EQUAL, 0);
            default -> Compare.value(range, Compare.Operator.NOT_EQUAL, Bytes.utf8("nobody"));
        };
    }

    /** Returns operations that do not meet: no key is written twice. */
    private List<TxnOp> branch(boolean mayNest) {
        Set<Bytes> keys = new LinkedHashSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            keys.add(randomKey());
        }
        List<TxnOp> ops = new ArrayList<>();
        for (Bytes key : keys) {
            if (random.nextInt(4) == 0) {
                ops.add(new Command.DeleteRange(KeyRange.single(key), random.nextBoolean()));
            } else {
                ops.add(new Command.Put(
                        key, randomValue(), Command.NO_VERSION, new PutOptions(0, random.nextBoolean(), false, false)));
            }
        }
        if (random.nextBoolean()) {
            ops.add(random.nextInt(ops.size() + 1), RangeRequest.of(folder()));
        }
        if (mayNest && ops.size() < 2) {
            ops.add(txn(false));
        }
        return ops;
    }

    private KeyRange folder() {
        return KeyRange.prefix(Bytes.utf8(FOLDERS[random.nextInt(FOLDERS.length)]));
    }

    private RangeRequest reading() {
        RangeRequest reading = RangeRequest.of(random.nextInt(3) == 0 ? KeyRange.all() : folder());
        return switch (random.nextInt(6)) {
            case 0 -> reading.limited(1 + random.nextInt(5));
            case 1 ->
                reading.sorted(pick(RangeRequest.Direction.values()), pick(RangeRequest.SortTarget.values()))
                        .limited(random.nextInt(6));
            case 2 -> reading.showing(pick(RangeRequest.Content.values()));
            case 3 ->
                reading.filtered(new RangeRequest.RevisionFilter(Math.max(0, seenRevision - 20), 0, 0, seenRevision));
            default -> reading;
        };
    }

    private <T> T pick(T[] choices) {
        return choices[random.nextInt(choices.length)];
    }
}
