package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.data.Numbers;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.measure.Slices;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;

/** Reads of single keys from a store that holds many. */
record PointGet(Choice choice, Target target) implements Workload {
    /** Of gets one in so many is timed: a look at the clock is a tenth of a get. */
    private static final int TIMED_EVERY = 8;

    private static final long HOT_KEYS = 1_000;

    /** Which keys are read. */
    enum Choice {
        /** A thousand keys, far apart, again and again. */
        HOT("get-hot", "gets of a thousand hot keys"),

        /** Any stored key, all equally likely. */
        ANY("get-random-cached", "gets of random keys of a store that fits into memory"),

        /** Keys between the stored ones. */
        MISSING("get-missing", "gets of random keys that are not there, between stored ones");

        private final String name;
        private final String description;

        Choice(String name, String description) {
            this.name = name;
            this.description = description;
        }
    }

    @Override
    public String name() {
        return choice.name;
    }

    @Override
    public String description() {
        return choice.description;
    }

    @Override
    public boolean takesThreads() {
        return true;
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        Candidate candidate = engine.open(directory, durability());
        Filling.fill(candidate, plan.keys(), plan.stop());
        Slices slices = new Slices(plan.threadsOf(this), TIMED_EVERY, plan.stop());
        return new StoreTrial(
                candidate, directory, plan, slices, thread -> operation(candidate, choice, plan.keys(), thread));
    }

    /** Returns the get of a chosen key, which fails if the answer is wrong. */
    static Runnable operation(Candidate candidate, Choice choice, long keys, int seed) {
        Numbers numbers = new Numbers(seed);
        byte[] key = Records.newKey();
        long hotKeys = Math.min(HOT_KEYS, keys);
        long hotDistance = keys / hotKeys;
        return switch (choice) {
            case HOT ->
                () -> {
                    Records.stored(key, numbers.nextBelow(hotKeys) * hotDistance);
                    require(candidate, key);
                };
            case ANY ->
                () -> {
                    Records.stored(key, numbers.nextBelow(keys));
                    require(candidate, key);
                };
            case MISSING ->
                () -> {
                    Records.missing(key, numbers.nextBelow(keys));
                    if (candidate.get(key).isPresent()) {
                        throw new IllegalStateException("A key was found that was never stored");
                    }
                };
        };
    }

    private static void require(Candidate candidate, byte[] key) {
        if (candidate.get(key).orElseThrow().length != Records.VALUE_BYTES) {
            throw new IllegalStateException("A value has the wrong length");
        }
    }
}
