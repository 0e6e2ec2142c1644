package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.random.RandomCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Random values of everything that has an encoding, with numbers of every length, 0 included. */
final class RandomValues {
    private final RandomGenerator random;
    private final RandomCommands commands;

    RandomValues(RandomGenerator random) {
        this.random = random;
        this.commands = new RandomCommands(random);
    }

    Entry entry() {
        return new Entry(number(), commands.list(random.nextInt(1, 5)));
    }

    List<Result> results() {
        List<Result> results = new ArrayList<>();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            results.add(result(5));
        }
        return results;
    }

    private Result result(int kinds) {
        return switch (random.nextInt(kinds)) {
            case 0 -> new Result.PutResult(number(), outcome(), number());
            case 1 -> new Result.DeleteResult(number(), outcome(), random.nextBoolean());
            case 2 -> new Result.DeleteRangeResult(number(), number());
            case 3 -> new Result.BatchResult(number(), List.of(result(3), result(3)));
            default -> new Result.ReleaseResult(number(), smallNumber(), random.nextBoolean());
        };
    }

    KeyRecord keyRecord() {
        Revision modified = new Revision(number(), smallNumber());
        Bytes key = commands.key();
        return random.nextBoolean()
                ? KeyRecord.tombstone(key, modified, number())
                : new KeyRecord(key, true, commands.value(), number(), modified, number(), number());
    }

    AppliedState applied() {
        LogPosition position = new LogPosition(number(), number());
        return new AppliedState(
                position, number(), number(), number(), number(), number(), number(), number(), random.nextLong());
    }

    private ApplyOutcome outcome() {
        ApplyOutcome[] outcomes = ApplyOutcome.values();
        return outcomes[random.nextInt(outcomes.length)];
    }

    private long number() {
        return random.nextLong() >>> random.nextInt(1, 64);
    }

    private int smallNumber() {
        return random.nextInt() >>> random.nextInt(1, 32);
    }
}
