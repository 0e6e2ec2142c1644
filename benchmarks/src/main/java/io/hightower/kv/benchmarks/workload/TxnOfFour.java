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
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.TxnOp;
import io.hightower.kv.statemachine.api.KvEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Transactions of one condition and four puts, beside the same four puts as a batch and one by one.
 *
 * <p>RocksDB does a get and a batch of four puts: what the condition reads and what is written is equal, but nothing keeps
 * others from writing in between, so it does less.
 */
record TxnOfFour() implements Workload {
    private static final int PUTS = 4;

    @Override
    public String name() {
        return "txn-4";
    }

    @Override
    public String description() {
        return "transactions of one condition and 4 puts of random keys, without sync; RocksDB: a get and a batch of 4 puts,"
                + " not isolated";
    }

    @Override
    public boolean takesThreads() {
        return true;
    }

    @Override
    public Target target() {
        return Target.ratioAtLeast(1.0);
    }

    @Override
    public Trial prepare(Engine engine, Path directory, Plan plan) {
        if (engine != Engine.HIGHTOWER && engine != Engine.ROCKSDB && engine != Engine.ROCKSDB_TUNED) {
            throw new UnsupportedOperationException("only batches of RocksDB are compared with transactions");
        }
        if (plan.keys() < PUTS) {
            throw new UnsupportedOperationException("a transaction writes " + PUTS + " different keys");
        }
        Candidate candidate = engine.open(directory, durability());
        Filling.fill(candidate, plan.keys(), plan.stop());
        long keys = plan.keys();
        List<Strand> strands = List.of(
                new Strand("txns", seed -> new Draw(keys, seed).conditionally(candidate)),
                new Strand("batches", seed -> new Draw(keys, seed).together(candidate)),
                new Strand("fourPuts", seed -> new Draw(keys, seed).oneByOne(candidate)));
        Slices slices = new Slices(plan.threadsOf(this), 1, plan.stop());
        return new AlternatingTrial(candidate, directory, plan, new Alternation(slices, strands));
    }

    /** Four different random keys at a time, a quarter of all keys apart, and values for them. */
    private static final class Draw {
        private final long count;
        private final Numbers numbers;
        private final Numbers content = new Numbers(0);
        private final List<byte[]> keys = new ArrayList<>();
        private final List<byte[]> values = new ArrayList<>();

        Draw(long count, int seed) {
            this.count = count;
            this.numbers = new Numbers(seed);
        }

        private void next() {
            keys.clear();
            values.clear();
            long ordinal = numbers.nextBelow(count);
            for (int i = 0; i < PUTS; i++) {
                byte[] key = Records.newKey();
                Records.stored(key, (ordinal + i * (count / PUTS)) % count);
                byte[] value = new byte[Records.VALUE_BYTES];
                Records.value(value, numbers.next(), content);
                keys.add(key);
                values.add(value);
            }
        }

        Runnable conditionally(Candidate candidate) {
            if (candidate instanceof HightowerCandidate hightower) {
                return () -> txn(hightower.engine());
            }
            return () -> {
                next();
                require(candidate.get(keys.get(0)).isPresent());
                candidate.putAll(keys, values);
            };
        }

        private void txn(KvEngine engine) {
            next();
            List<TxnOp> puts = new ArrayList<>();
            for (int i = 0; i < PUTS; i++) {
                puts.add(Command.put(Bytes.wrap(keys.get(i)), Bytes.wrap(values.get(i))));
            }
            KeyRange first = KeyRange.single(Bytes.wrap(keys.get(0)));
            Compare exists = Compare.number(first, Compare.Target.VERSION, Compare.Operator.GREATER, 0);
            require(engine.txn(new Command.Txn(List.of(exists), puts, List.of()))
                    .succeeded());
        }

        private static void require(boolean holds) {
            if (!holds) {
                throw new IllegalStateException("A key that was stored is missing");
            }
        }

        Runnable together(Candidate candidate) {
            return () -> {
                next();
                candidate.putAll(keys, values);
            };
        }

        Runnable oneByOne(Candidate candidate) {
            return () -> {
                next();
                for (int i = 0; i < PUTS; i++) {
                    candidate.put(keys.get(i), values.get(i));
                }
            };
        }
    }
}
