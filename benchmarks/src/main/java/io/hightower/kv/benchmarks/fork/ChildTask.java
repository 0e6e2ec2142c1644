package io.hightower.kv.benchmarks.fork;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.candidate.Durability;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.data.Numbers;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.data.ShuffledOrdinals;
import io.hightower.kv.benchmarks.measure.LatencyHistogram;
import io.hightower.kv.benchmarks.measure.Stop;
import io.hightower.kv.benchmarks.workload.Filling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** What a child process can be told to do. */
public enum ChildTask {
    /** Puts every key once, one by one and without sync, and ends without closing the store. */
    FILL_AND_DIE,

    /** Opens the store, and says how many milliseconds passed until the first get was answered. */
    OPEN,

    /** Says how much heap each further key takes, between a store of the given number of keys and one of three times it. */
    GROW_HEAP,

    /** Puts every key once, then reads random keys for the given time and compares every value. */
    FILL_AND_SERVE;

    private static final int CHECKED_GETS = 1_000;
    private static final int BATCH = 500;
    private static final int GROWTH = 3;
    private static final long PROGRESS_RECORDS = 5_000_000;
    private static final double MIB = 1024 * 1024;

    /**
     * What to work on.
     *
     * @param engine which store
     * @param directory where it lives
     * @param keys how many keys
     * @param nanos how long to read
     */
    public record Order(Engine engine, Path directory, long keys, long nanos) {}

    /** Does it and returns numbers by name. */
    Map<String, Double> run(Order order) {
        return switch (this) {
            case FILL_AND_DIE -> fillAndDie(order);
            case OPEN -> open(order);
            case GROW_HEAP -> growHeap(order);
            case FILL_AND_SERVE -> fillAndServe(order);
        };
    }

    private static Map<String, Double> fillAndDie(Order order) {
        Candidate candidate = order.engine.open(order.directory, Durability.UNSYNCED);
        Filling.putEach(candidate, order.keys, new Stop());
        return Map.of();
    }

    private static Map<String, Double> open(Order order) {
        Numbers numbers = new Numbers(1);
        byte[] key = Records.newKey();
        Records.stored(key, 0);
        order.engine.load();
        long begin = System.nanoTime();
        Candidate candidate = order.engine.open(order.directory, Durability.UNSYNCED);
        boolean isThere = candidate.get(key).isPresent();
        double millis = (System.nanoTime() - begin) / 1e6;
        long missing = isThere ? 0 : 1;
        for (int i = 0; i < CHECKED_GETS; i++) {
            Records.stored(key, numbers.nextBelow(order.keys));
            missing += candidate.get(key).isPresent() ? 0 : 1;
        }
        return Map.of("millis", millis, "missing", (double) missing);
    }

    private static Map<String, Double> growHeap(Order order) {
        Candidate candidate = order.engine.open(order.directory, Durability.UNSYNCED);
        ShuffledOrdinals ordinals = new ShuffledOrdinals(order.keys * GROWTH);
        fill(candidate, ordinals, order.keys);
        double heapBefore = heapBytes(candidate);
        double residentBefore = residentBytes();
        long added = order.keys * (GROWTH - 1);
        fill(candidate, ordinals, added);
        double heapAfter = heapBytes(candidate);
        return Map.of(
                "heapBytesPerKey", (heapAfter - heapBefore) / added,
                "residentBytesPerKey", (residentBytes() - residentBefore) / added,
                "heapMiB", heapAfter / MIB);
    }

    private static Map<String, Double> fillAndServe(Order order) {
        Candidate candidate = order.engine.open(order.directory, Durability.UNSYNCED);
        long begin = System.nanoTime();
        fill(candidate, new ShuffledOrdinals(order.keys), order.keys);
        double fillSeconds = (System.nanoTime() - begin) / 1e9;
        Numbers numbers = new Numbers(1);
        Numbers content = new Numbers(0);
        byte[] key = Records.newKey();
        byte[] expected = new byte[Records.VALUE_BYTES];
        LatencyHistogram latencies = new LatencyHistogram();
        long wrong = 0;
        long readBegin = System.nanoTime();
        long now = readBegin;
        while (now - readBegin < order.nanos) {
            long ordinal = numbers.nextBelow(order.keys);
            Records.stored(key, ordinal);
            Records.value(expected, ordinal, content);
            long before = System.nanoTime();
            byte[] found = candidate.get(key).orElseGet(() -> new byte[0]);
            now = System.nanoTime();
            latencies.record(now - before);
            wrong += Arrays.equals(found, expected) ? 0 : 1;
        }
        return Map.of(
                "opsPerSecond", latencies.count() * 1e9 / (now - readBegin),
                "p50Micros", latencies.percentileNanos(0.5) / 1e3,
                "p99Micros", latencies.percentileNanos(0.99) / 1e3,
                "wrongAnswers", (double) wrong,
                "fillSeconds", fillSeconds,
                "putsPerSecond", order.keys / fillSeconds);
    }

    private static void fill(Candidate candidate, ShuffledOrdinals ordinals, long count) {
        for (long done = 0; done < count; done += BATCH) {
            Filling.putBatch(candidate, ordinals, (int) Math.min(BATCH, count - done));
            if (done > 0 && done % PROGRESS_RECORDS == 0) {
                System.err.println("hightower: bench: " + done + " of " + count + " records stored");
            }
        }
        candidate.sync();
    }

    /** Returns the used heap without garbage and without what waits in memtables. */
    private static double heapBytes(Candidate candidate) {
        candidate.flushMemory();
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Returns the resident memory of this process; NaN where that is not told. */
    private static double residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (NoSuchFileException e) {
            return Double.NaN;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
