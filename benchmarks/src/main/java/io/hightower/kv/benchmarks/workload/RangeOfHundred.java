package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.candidate.HightowerCandidate;
import io.hightower.kv.benchmarks.data.Numbers;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.measure.Alternation;
import io.hightower.kv.benchmarks.measure.Alternation.Strand;
import io.hightower.kv.benchmarks.measure.Slices;
import io.hightower.kv.benchmarks.measure.Trial;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.KvEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Requests for the hundred records of a range, with their revisions, their count and all else that an answer has; beside
 * scans of the same records. The other stores do the scan.
 *
 * <p>Beside these, pages: the first hundred of half of all keys on average. Their count is that of the whole range.
 */
record RangeOfHundred() implements Workload {
    private static final int ENTRIES = 100;

    @Override
    public String name() {
        return "range-100";
    }

    @Override
    public String description() {
        return "range requests of 100 records from a random key on, an operation is a request; the others: scans";
    }

    @Override
    public boolean takesThreads() {
        return true;
    }

    @Override
    public Target target() {
        return Target.ratioAtLeast(1.2);
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        Candidate candidate = engine.open(directory, durability());
        Filling.fill(candidate, plan.keys(), plan.stop());
        long keys = plan.keys();
        IntFunction<Runnable> scans = seed -> ShortScan.operation(candidate, keys, seed);
        List<Strand> strands = new ArrayList<>();
        if (candidate instanceof HightowerCandidate hightower) {
            strands.add(new Strand("ranges", seed -> range(hightower.engine(), keys, seed)));
            strands.add(new Strand("scans", scans));
            strands.add(new Strand("pages", seed -> page(hightower.engine(), keys, seed)));
        } else {
            strands.add(new Strand("scans", scans));
        }
        Slices slices = new Slices(plan.threadsOf(this), 1, plan.stop());
        return new AlternatingTrial(candidate, directory, plan, new Alternation(slices, strands));
    }

    private static Runnable range(KvEngine engine, long keys, int seed) {
        Numbers numbers = new Numbers(seed);
        return () -> {
            long ordinal = numbers.nextBelow(keys);
            KeyRange range = KeyRange.of(key(ordinal), key(ordinal + ENTRIES));
            long expected = Math.min(ENTRIES, keys - ordinal);
            require(engine.range(RangeRequest.of(range)), expected, expected);
        };
    }

    private static Runnable page(KvEngine engine, long keys, int seed) {
        Numbers numbers = new Numbers(seed);
        return () -> {
            long ordinal = numbers.nextBelow(keys);
            RangeRequest request =
                    RangeRequest.of(KeyRange.startingAt(key(ordinal))).limited(ENTRIES);
            require(engine.range(request), Math.min(ENTRIES, keys - ordinal), keys - ordinal);
        };
    }

    private static void require(Result.RangeResult answer, long entries, long count) {
        if (answer.keyValues().size() != entries || answer.count() != count) {
            throw new IllegalStateException("A range has the wrong length: entries="
                    + answer.keyValues().size() + " count=" + answer.count());
        }
    }

    private static Bytes key(long ordinal) {
        byte[] key = Records.newKey();
        Records.stored(key, ordinal);
        return Bytes.wrap(key);
    }
}
