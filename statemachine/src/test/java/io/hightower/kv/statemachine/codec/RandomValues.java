package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.SessionRecord;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.random.RandomCommands;
import io.hightower.kv.statemachine.random.RandomPrograms;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Random values of everything that has an encoding, with numbers of every length, 0 included. */
final class RandomValues {
    private final RandomGenerator random;
    private final RandomCommands commands;
    private final RandomPrograms programs;

    RandomValues(RandomGenerator random) {
        this.random = random;
        this.commands = new RandomCommands(random);
        this.programs = new RandomPrograms(random);
    }

    Entry entry() {
        if (random.nextBoolean()) {
            return new Entry(number(), programs.entries(1).get(0).commands());
        }
        return new Entry(number(), commands.list(random.nextInt(1, 5)));
    }

    List<Result> results() {
        List<Result> results = new ArrayList<>();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            results.add(result(14));
        }
        return results;
    }

    private Result result(int kinds) {
        return switch (random.nextInt(kinds)) {
            case 0 ->
                new Result.PutResult(
                        number(), outcome(), number(), keyValues().stream().findFirst());
            case 1 -> new Result.DeleteResult(number(), outcome(), random.nextBoolean());
            case 2 -> new Result.DeleteRangeResult(number(), number(), keyValues());
            case 3 -> new Result.BatchResult(number(), List.of(result(3), result(3)));
            case 4 -> new Result.ReleaseResult(number(), smallNumber(), random.nextBoolean());
            case 5 -> new Result.RangeResult(number(), keyValues(), random.nextBoolean(), number());
            case 6 -> new Result.TxnResult(number(), random.nextBoolean(), List.of(result(14), result(6)));
            case 7 -> new Result.CompactResult(number(), number());
            case 8 -> new Result.LeaseResult(number(), random.nextLong(), number());
            case 9 -> new Result.RevokeResult(number(), random.nextBoolean(), number());
            case 10 -> new Result.TimeResult(number(), number());
            case 11 -> new Result.SystemResult(number(), random.nextBoolean(), number());
            case 12 -> new Result.SessionResult(number(), random.nextLong(), number());
            default -> new Result.Refused(number(), refusal(), number());
        };
    }

    Result result() {
        return result(14);
    }

    SessionRecord session() {
        Bytes answer = random.nextInt(4) == 0 ? Bytes.EMPTY : SessionCodec.encodeAnswer(result());
        long ttlMillis = random.nextLong(SessionRecord.TTL_MILLIS_LEAST, SessionRecord.TTL_MILLIS_MAX + 1);
        return new SessionRecord(1 + number() / 2, ttlMillis, number(), number(), answer);
    }

    private List<KeyValue> keyValues() {
        List<KeyValue> found = new ArrayList<>();
        for (int left = random.nextInt(3); left > 0; left--) {
            found.add(new KeyValue(
                    commands.key(), commands.value(), number(), number(), number(), number(), random.nextLong()));
        }
        return found;
    }

    private Refusal refusal() {
        Refusal[] refusals = Refusal.values();
        return refusals[random.nextInt(refusals.length)];
    }

    SystemRecord systemRecord() {
        return new SystemRecord(commands.key(), commands.value(), number());
    }

    KeyRecord keyRecord() {
        Revision modified = new Revision(number(), smallNumber());
        Bytes key = commands.key();
        return random.nextBoolean()
                ? KeyRecord.tombstone(key, modified, number())
                : new KeyRecord(key, true, commands.value(), number(), modified, number(), number(), lease());
    }

    AppliedState applied() {
        LogPosition position = new LogPosition(number(), number());
        return new AppliedState(
                position,
                number(),
                number(),
                number(),
                number(),
                number(),
                number(),
                number(),
                random.nextLong(),
                random.nextLong());
    }

    private long lease() {
        return random.nextBoolean() ? KeyRecord.NO_LEASE : random.nextLong();
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
