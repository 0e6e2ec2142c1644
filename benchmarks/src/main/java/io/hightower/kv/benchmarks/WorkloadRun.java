package io.hightower.kv.benchmarks;

import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.data.Records;
import io.hightower.kv.benchmarks.measure.LatencyHistogram;
import io.hightower.kv.benchmarks.measure.Medians;
import io.hightower.kv.benchmarks.measure.Rounds;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Trial;
import io.hightower.kv.benchmarks.report.Row;
import io.hightower.kv.benchmarks.workload.Plan;
import io.hightower.kv.benchmarks.workload.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/** One workload done by several engines in turns, and the rows that come of it. <b>Used by one thread at a time.</b> */
final class WorkloadRun {
    private static final double WARMING_SHARE = 0.4;

    private final Workload workload;
    private final Plan plan;
    private final double seconds;
    private final String fileSystem;

    /** What each engine that can do the workload has prepared, in the order of the engines. */
    private final Map<Engine, Trial> trials = new LinkedHashMap<>();

    /** Why the other engines cannot. */
    private final Map<Engine, String> obstacles = new LinkedHashMap<>();

    /**
     * States what to run.
     *
     * @param seconds the time to measure each engine
     * @param fileSystem the type of the file system that it runs on, for the rows
     */
    WorkloadRun(Workload workload, Plan plan, double seconds, String fileSystem) {
        this.workload = workload;
        this.plan = plan;
        this.seconds = seconds;
        this.fileSystem = fileSystem;
    }

    /**
     * Runs it in the existing folder {@code directory}, and returns a row for each engine.
     *
     * @param probe probes the disk and returns microseconds
     */
    List<Row> run(List<Engine> engines, Path directory, DoubleSupplier probe) {
        try {
            for (Engine engine : engines) {
                plan.progress().accept("preparing " + engine.label());
                prepare(engine, directory.resolve(workload.name() + "." + engine.label()));
            }
            plan.progress().accept("measuring");
            Rounds.Outcome outcome = measure(probe);
            List<Row> rows = new ArrayList<>();
            engines.forEach(engine -> rows.add(row(engine, outcome)));
            return rows;
        } finally {
            trials.values().forEach(Trial::close);
        }
    }

    private void prepare(Engine engine, Path directory) {
        try {
            Trial trial = workload.prepare(engine, directory, plan);
            trials.put(engine, trial);
            if (workload.turns().isWarmed()) {
                trial.measure((long) (seconds * WARMING_SHARE * 1e9));
                trial.settle();
            }
        } catch (UnsupportedOperationException e) {
            obstacles.put(engine, "not measured: " + e.getMessage());
            Trial begun = trials.remove(engine);
            if (begun != null) {
                begun.close();
            }
        }
    }

    private Rounds.Outcome measure(DoubleSupplier probe) {
        if (trials.isEmpty()) {
            return new Rounds.Outcome(List.of(), 0, 0);
        }
        // The first probe is slower, because its code is cold, and does not count.
        plan.progress().accept(String.format("the bare disk needs %.0f µs", probe.getAsDouble()));
        return new Rounds(workload.turns().schedule(seconds), probe, plan.progress(), plan.stop())
                .run(List.copyOf(trials.values()));
    }

    private Row row(Engine engine, Rounds.Outcome outcome) {
        Row row = new Row()
                .with("format", Row.FORMAT)
                .with("workload", workload.name())
                .with("engine", engine.label())
                .with("threads", plan.threadsOf(workload));
        int index = List.copyOf(trials.keySet()).indexOf(engine);
        if (index < 0) {
            return conditions(engine, notMeasured(row)).with("note", obstacles.getOrDefault(engine, ""));
        }
        int base = List.copyOf(trials.keySet()).indexOf(Engine.ROCKSDB);
        List<Double> values = outcome.values(index);
        List<Double> ratios = base < 0 ? List.of() : outcome.ratios(index, base);
        List<Sample> samples = outcome.rounds().stream()
                .map(round -> round.samples().get(index))
                .toList();
        double value = Medians.median(values);
        double ratio = Medians.median(ratios);
        row.with("opsPerSecond", median(samples, Sample::opsPerSecond));
        Map<String, Double> facts = facts(samples);
        row.with("p50Micros", percentile(samples, 0.5, facts, "p50Micros"));
        row.with("p99Micros", percentile(samples, 0.99, facts, "p99Micros"));
        row.with("ratioToRocksdb", ratio);
        row.with("value", value);
        row.with("spread", Medians.spread(values));
        row.with("ratioSpread", Medians.spread(ratios));
        conditions(engine, row)
                .with("rounds", outcome.rounds().size())
                .with("discarded", outcome.discarded())
                .with("noisy", outcome.noisy())
                .with("probeMicros", Medians.median(outcome.probes()));
        if (engine == Engine.HIGHTOWER) {
            row.with("target", workload.target().label());
            row.with("reached", workload.target().isReachedBy(value, ratio));
        }
        facts.forEach(row::with);
        return row;
    }

    /** Returns the row with the fields that every row has, not known. */
    static Row notMeasured(Row row) {
        return row.without("opsPerSecond")
                .without("p50Micros")
                .without("p99Micros")
                .without("ratioToRocksdb")
                .without("value");
    }

    private Row conditions(Engine engine, Row row) {
        return row.with("unit", workload.unit().label())
                .with("better", workload.unit().moreIsBetter() ? "more" : "less")
                .with("keys", (double) plan.keys())
                .with("keyBytes", Records.KEY_BYTES)
                .with("valueBytes", Records.VALUE_BYTES)
                .with("sync", workload.durability().label())
                .with("settings", workload.settings(engine))
                .with("seconds", seconds)
                .with("fileSystem", fileSystem);
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> number) {
        return Medians.median(samples.stream().mapToDouble(number).boxed().toList());
    }

    /** Returns the percentile of all rounds together, or what the work says of itself. */
    private static double percentile(List<Sample> samples, double share, Map<String, Double> facts, String name) {
        LatencyHistogram all = new LatencyHistogram();
        samples.forEach(sample -> all.add(sample.latencies()));
        double told = facts.getOrDefault(name, Double.NaN);
        facts.remove(name);
        return all.count() == 0 ? told : all.percentileNanos(share) / 1e3;
    }

    private static Map<String, Double> facts(List<Sample> samples) {
        Map<String, Double> facts = new TreeMap<>();
        for (String name : samples.get(0).facts().keySet()) {
            facts.put(name, median(samples, sample -> sample.facts().getOrDefault(name, Double.NaN)));
        }
        facts.remove("opsPerSecond");
        return facts;
    }
}
