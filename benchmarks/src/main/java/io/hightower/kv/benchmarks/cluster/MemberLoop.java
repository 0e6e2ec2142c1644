package io.hightower.kv.benchmarks.cluster;

import io.hightower.kv.benchmarks.data.Numbers;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.measure.LatencyHistogram;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.api.KvEngine;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A closed loop on one member: so many operations are under way at a time, and whenever one ends the next one is submitted, by
 * the thread that runs the loop. <b>Used by one thread at a time.</b>
 */
final class MemberLoop {
    /** Longer than any request may take. */
    private static final int PATIENCE_SECONDS = 30;

    private final KvEngine engine;
    private final long keys;
    private final int valueBytes;
    private final Numbers numbers;

    /** Guards what is counted, by the threads on which operations end. */
    private final ReentrantLock counting = new ReentrantLock();

    private LatencyHistogram latencies = new LatencyHistogram();
    private long failed;

    MemberLoop(KvEngine engine, long keys, int valueBytes, long seed) {
        this.engine = engine;
        this.keys = keys;
        this.valueBytes = valueBytes;
        this.numbers = new Numbers(seed);
    }

    LoopReport run(Load load) {
        if (load.outstanding() == 0) {
            return LoopReport.none();
        }
        latencies = new LatencyHistogram();
        failed = 0;
        Semaphore free = new Semaphore(load.outstanding());
        long begin = System.nanoTime();
        try {
            while (System.nanoTime() - begin < load.nanos()) {
                free.acquire();
                submit(load, begin + load.nanos(), free);
            }
            if (!free.tryAcquire(load.outstanding(), PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Operations did not end: load=" + load);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The loop was interrupted", e);
        }
        return new LoopReport(latencies.count(), failed, load.nanos(), latencies);
    }

    private void submit(Load load, long end, Semaphore free) {
        Bytes key = key();
        long begin = System.nanoTime();
        CompletableFuture<?> operation =
                load.kind() == Load.Kind.PUT ? engine.putAsync(key, value()) : engine.getAsync(key);
        CompletableFuture<?> unused = operation.whenComplete((answer, failure) -> {
            long now = System.nanoTime();
            counting.lock();
            try {
                if (failure != null) {
                    failed++;
                } else if (now <= end) {
                    latencies.record(now - begin);
                }
            } finally {
                counting.unlock();
                free.release();
            }
        });
    }

    private Bytes key() {
        byte[] key = Records.newKey();
        Records.stored(key, numbers.nextBelow(keys));
        return Bytes.wrap(key);
    }

    /** Returns a value of which half can be compressed. */
    private Bytes value() {
        ByteBuffer value = ByteBuffer.allocate(valueBytes);
        while (value.position() + Long.BYTES <= valueBytes / 2) {
            value.putLong(numbers.next());
        }
        return Bytes.wrap(value.array());
    }
}
