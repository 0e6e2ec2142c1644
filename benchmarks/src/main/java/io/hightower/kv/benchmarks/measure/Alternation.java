package io.hightower.kv.benchmarks.measure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Several operations on one store, done in turns in short pieces, so that whatever goes on beside them meets all of them alike
 * and their rates can be divided by each other. <b>Used by one thread at a time.</b>
 */
public final class Alternation {
    private static final int PIECES = 10;

    /** Operations are made from numbers; each thread of each piece has one of its own. */
    private static final int THREADS_MAX = 1000;

    private final Slices slices;
    private final List<Strand> strands;
    private int piece;

    /**
     * One of the operations.
     *
     * @param name what it is, in the plural, as a part of names of fields: {@code singlePuts}
     * @param operations makes the operation of a thread from a number
     */
    public record Strand(String name, IntFunction<Runnable> operations) {}

    /**
     * States what is done.
     *
     * @param slices runs the pieces; it must time every operation
     * @param strands the measured operation, then those that it is compared with
     */
    public Alternation(Slices slices, List<Strand> strands) {
        this.slices = slices;
        this.strands = List.copyOf(strands);
    }

    /**
     * Runs for about so long, an equal time for each operation. The value and the latencies are those of the first one; facts
     * are the rates of the others, {@code ...PerSecond}, and the first one's rate divided by each of them, {@code ratioTo...}.
     */
    public Sample run(long nanos) {
        Tally[] tallies = new Tally[strands.size()];
        for (int i = 0; i < tallies.length; i++) {
            tallies[i] = new Tally();
        }
        long pieceNanos = Math.max(1, nanos / PIECES / tallies.length);
        for (int i = 0; i < PIECES * tallies.length; i++) {
            Strand strand = strands.get(i % tallies.length);
            int first = ++piece * THREADS_MAX;
            Sample sample = slices.run(pieceNanos, thread -> strand.operations().apply(first + thread));
            tallies[i % tallies.length].add(sample);
        }
        Map<String, Double> facts = new HashMap<>();
        for (int i = 1; i < tallies.length; i++) {
            String name = strands.get(i).name();
            facts.put(name + "PerSecond", tallies[i].rate());
            facts.put(
                    "ratioTo" + Character.toUpperCase(name.charAt(0)) + name.substring(1),
                    tallies[0].rate() / tallies[i].rate());
        }
        return new Sample(tallies[0].rate(), tallies[0].rate(), tallies[0].latencies, facts);
    }

    /** What the pieces of one operation gave together. */
    private static final class Tally {
        private final LatencyHistogram latencies = new LatencyHistogram();
        private double seconds;

        void add(Sample sample) {
            latencies.add(sample.latencies());
            seconds += sample.latencies().count() / sample.opsPerSecond();
        }

        double rate() {
            return latencies.count() / seconds;
        }
    }
}
