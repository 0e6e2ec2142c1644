package io.hightower.kv.benchmarks;

import io.hightower.kv.benchmarks.cluster.BenchCluster;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.measure.LatencyHistogram;
import io.hightower.kv.benchmarks.measure.Medians;
import io.hightower.kv.benchmarks.measure.Rounds;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Stop;
import io.hightower.kv.benchmarks.measure.Trial;
import io.hightower.kv.benchmarks.report.Row;
import io.hightower.kv.benchmarks.workload.Target;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * Puts and reads of a cluster, in turns with puts of another cluster that batches nothing, and the rows that come of it.
 * <b>Used by one thread at a time.</b>
 *
 * @param candidate the cluster that is measured
 * @param baseline the one whose log entries hold one command each
 * @param plan what both were opened with
 * @param seconds the time to measure each of the three, over all rounds
 * @param rounds how many turns each of them has, 1 or more
 * @param fileSystem the type of the file system, for the rows
 */
record ClusterRun(
        BenchCluster candidate,
        BenchCluster baseline,
        BenchCluster.Plan plan,
        double seconds,
        int rounds,
        String fileSystem)
        implements AutoCloseable {
    private static final double WARMING_SHARE = 0.4;

    /** The number of outstanding operations for which there are targets. */
    private static final int JUDGED_OUTSTANDING = 256;

    private static final Target PUTS_TO_BASELINE = new Target(Target.Of.RATIO, true, 5);
    private static final Target GETS_TO_PUTS = new Target(Target.Of.RATIO, true, 3);

    private static final int PUTS = 0;
    private static final int BASELINE = 1;
    private static final int GETS = 2;

    /** Waits until both clusters can be used. */
    void awaitOpen() {
        candidate.awaitOpen();
        baseline.awaitOpen();
    }

    /** Closes both clusters. */
    @Override
    public void close() {
        CompletableFuture<Void> other = CompletableFuture.runAsync(baseline::close);
        candidate.close();
        other.join();
    }

    /** Measures with so many operations outstanding in all members together, and returns the rows. */
    List<Row> run(int outstanding, DoubleSupplier probe, Consumer<String> progress, Stop stop) {
        List<Trial> trials =
                List.of(candidate.puts(outstanding), baseline.puts(outstanding), candidate.gets(outstanding));
        for (Trial trial : trials) {
            trial.measure((long) (seconds * WARMING_SHARE * 1e9));
            trial.settle();
        }
        Rounds.Schedule schedule = new Rounds.Schedule(rounds, rounds, (long) (seconds / rounds * 1e9));
        Rounds.Outcome outcome = new Rounds(schedule, probe, progress, stop).run(trials);
        Row puts = row("cluster-put", "hightower", outstanding, outcome, PUTS);
        Row single = row("cluster-put", "one-command", outstanding, outcome, BASELINE);
        Row gets = row("cluster-get", "hightower", outstanding, outcome, GETS);
        compare(puts, "ratioToOneCommand", outcome.ratios(PUTS, BASELINE), outstanding, PUTS_TO_BASELINE);
        compare(gets, "ratioToPuts", outcome.ratios(GETS, PUTS), outstanding, GETS_TO_PUTS);
        return List.of(puts, single, gets);
    }

    private Row row(String workload, String engine, int outstanding, Rounds.Outcome outcome, int index) {
        List<Sample> samples = outcome.rounds().stream()
                .map(round -> round.samples().get(index))
                .toList();
        List<Double> values = outcome.values(index);
        LatencyHistogram all = new LatencyHistogram();
        samples.forEach(sample -> all.add(sample.latencies()));
        boolean isBaseline = index == BASELINE;
        Row row = new Row()
                .with("format", Row.FORMAT)
                .with("workload", workload + "-" + outstanding)
                .with("engine", engine)
                .with("outstanding", outstanding)
                .with("opsPerSecond", Medians.median(values))
                .with("p50Micros", all.percentileNanos(0.5) / 1e3)
                .with("p99Micros", all.percentileNanos(0.99) / 1e3)
                .with("p999Micros", all.percentileNanos(0.999) / 1e3)
                .with("value", Medians.median(values))
                .with("spread", Medians.spread(values))
                .with("unit", "operations/s")
                .with("better", "more")
                .with("members", 3)
                .with("keys", (double) plan.keys())
                .with("keyBytes", Records.KEY_BYTES)
                .with("valueBytes", plan.valueBytes())
                .with("sync", "every write")
                .with("batchCommandsMax", isBaseline ? 1 : plan.batchCommandsMax())
                .with("seconds", seconds)
                .with("fileSystem", fileSystem)
                .with("rounds", outcome.rounds().size())
                .with("discarded", outcome.discarded())
                .with("noisy", outcome.noisy())
                .with("probeMicros", Medians.median(outcome.probes()));
        facts(samples).forEach(row::with);
        return row;
    }

    private static Map<String, Double> facts(List<Sample> samples) {
        Map<String, Double> facts = new TreeMap<>();
        for (String name : samples.get(0).facts().keySet()) {
            facts.put(
                    name,
                    Medians.median(samples.stream()
                            .map(sample -> sample.facts().getOrDefault(name, Double.NaN))
                            .toList()));
        }
        // Over all rounds together, which the row has already.
        facts.remove("p999Micros");
        return facts;
    }

    private static void compare(Row row, String name, List<Double> ratios, int outstanding, Target target) {
        double ratio = Medians.median(ratios);
        row.with(name, ratio).with("ratioSpread", Medians.spread(ratios));
        if (outstanding == JUDGED_OUTSTANDING) {
            row.with("target", target.label()).with("reached", target.isReachedBy(row.number("value"), ratio));
        }
    }
}
