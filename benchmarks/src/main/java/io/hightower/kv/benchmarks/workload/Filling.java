package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.data.Numbers;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.data.ShuffledOrdinals;
import io.hightower.kv.benchmarks.measure.Stop;
import java.util.ArrayList;
import java.util.List;

/** Fills stores before a measurement. */
public final class Filling {
    private static final int BATCH = 500;

    private Filling() {}

    /** Stores every key of {@code [0, keys)} once, in shuffled order and in batches, and forces all to disk. */
    static void fill(Candidate candidate, long keys, Stop stop) {
        ShuffledOrdinals order = new ShuffledOrdinals(keys);
        for (long done = 0; done < keys; done += BATCH) {
            stop.check();
            putBatch(candidate, order, (int) Math.min(BATCH, keys - done));
        }
        candidate.sync();
    }

    /** Stores the next ordinals of the order in one batch. Each value can be told from its key's ordinal. */
    public static void putBatch(Candidate candidate, ShuffledOrdinals order, int count) {
        Numbers numbers = new Numbers(0);
        List<byte[]> keys = new ArrayList<>(count);
        List<byte[]> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long ordinal = order.next();
            byte[] key = Records.newKey();
            Records.stored(key, ordinal);
            byte[] value = new byte[Records.VALUE_BYTES];
            Records.value(value, ordinal, numbers);
            keys.add(key);
            values.add(value);
        }
        candidate.putAll(keys, values);
    }

    /** Stores every key of {@code [0, keys)} once, in shuffled order and one by one. */
    public static void putEach(Candidate candidate, long keys, Stop stop) {
        putEach(candidate, keys, 0, stop);
    }

    /** Stores every key of {@code [0, keys)} once more, in the same order, with values that no other generation has. */
    static void putEach(Candidate candidate, long keys, long generation, Stop stop) {
        ShuffledOrdinals order = new ShuffledOrdinals(keys);
        Numbers numbers = new Numbers(0);
        byte[] key = Records.newKey();
        byte[] value = new byte[Records.VALUE_BYTES];
        for (long done = 0; done < keys; done++) {
            if ((done & 0xfff) == 0) {
                stop.check();
            }
            long ordinal = order.next();
            Records.stored(key, ordinal);
            Records.value(value, generation * keys + ordinal, numbers);
            candidate.put(key, value);
        }
    }
}
