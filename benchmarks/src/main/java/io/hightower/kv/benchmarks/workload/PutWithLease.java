package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.candidate.HightowerCandidate;
import io.hightower.kv.benchmarks.data.Numbers;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.measure.Alternation;
import io.hightower.kv.benchmarks.measure.Alternation.Strand;
import io.hightower.kv.benchmarks.measure.Slices;
import io.hightower.kv.benchmarks.measure.Stop;
import io.hightower.kv.benchmarks.measure.Trial;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.TxnOp;
import io.hightower.kv.statemachine.api.LocalEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Puts that hang random keys on one of a thousand leases, another one each time, beside puts of keys that stay on their lease
 * and puts without one. Each kind has a third of the keys for itself.
 */
record PutWithLease() implements Workload {
    private static final int LEASES = 1_000;

    /** No lease ends while this runs. */
    private static final long TTL_SECONDS = 1_000_000;

    private static final int PARTS = 3;
    private static final int PUTS_AT_ONCE = 100;

    @Override
    public String name() {
        return "put-with-lease";
    }

    @Override
    public String description() {
        return "puts that hang a random key on another one of " + LEASES + " leases, without sync";
    }

    @Override
    public boolean takesThreads() {
        return true;
    }

    @Override
    public Target target() {
        return Target.valueAtLeast(50_000);
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        HightowerCandidate candidate =
                HightowerOnly.open(engine, "leases", directory, durability(), UnaryOperator.identity());
        Filling.fill(candidate, plan.keys(), plan.stop());
        long part = Math.max(1, plan.keys() / PARTS);
        attach(candidate.engine(), 2 * part, plan.stop());
        candidate.flushMemory();
        Slices slices = new Slices(plan.threadsOf(this), 1, plan.stop());
        LocalEngine leasing = candidate.engine();
        List<Strand> strands = List.of(
                new Strand("movingPuts", seed -> moving(leasing, part, seed)),
                new Strand("stayingPuts", seed -> staying(leasing, part, seed)),
                new Strand("plainPuts", seed -> plain(candidate, part, seed)));
        return new AlternatingTrial(candidate, directory, plan, new Alternation(slices, strands));
    }

    /** Makes the leases, and hangs the keys on them that are to move or to stay. */
    private static void attach(LocalEngine engine, long keys, Stop stop) {
        for (int id = 1; id <= LEASES; id++) {
            engine.grantLease(id, TTL_SECONDS);
        }
        Numbers content = new Numbers(0);
        for (long ordinal = 0; ordinal < keys; ) {
            stop.check();
            List<TxnOp> puts = new ArrayList<>();
            for (; puts.size() < PUTS_AT_ONCE && ordinal < keys; ordinal++) {
                puts.add(put(ordinal, leaseOf(ordinal), content));
            }
            engine.txn(new Command.Txn(List.of(), puts, List.of()));
        }
    }

    private static long leaseOf(long ordinal) {
        return 1 + ordinal % LEASES;
    }

    private static Runnable moving(LocalEngine engine, long part, int seed) {
        Numbers numbers = new Numbers(seed);
        Numbers content = new Numbers(0);
        return () -> engine.put(put(numbers.nextBelow(part), 1 + numbers.nextBelow(LEASES), content));
    }

    private static Runnable staying(LocalEngine engine, long part, int seed) {
        Numbers numbers = new Numbers(seed);
        Numbers content = new Numbers(0);
        return () -> {
            long ordinal = part + numbers.nextBelow(part);
            engine.put(put(ordinal, leaseOf(ordinal), content));
        };
    }

    private static Command.Put put(long ordinal, long lease, Numbers content) {
        byte[] key = Records.newKey();
        Records.stored(key, ordinal);
        byte[] value = new byte[Records.VALUE_BYTES];
        Records.value(value, ordinal, content);
        return new Command.Put(Bytes.wrap(key), Bytes.wrap(value), Command.NO_VERSION, PutOptions.lease(lease));
    }

    private static Runnable plain(Candidate candidate, long part, int seed) {
        Numbers numbers = new Numbers(seed);
        Numbers content = new Numbers(0);
        byte[] key = Records.newKey();
        byte[] value = new byte[Records.VALUE_BYTES];
        return () -> {
            long ordinal = 2 * part + numbers.nextBelow(part);
            Records.stored(key, ordinal);
            Records.value(value, ordinal, content);
            candidate.put(key, value);
        };
    }
}
