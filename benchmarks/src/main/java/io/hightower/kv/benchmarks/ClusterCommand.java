package io.hightower.kv.benchmarks;

import io.hightower.kv.benchmarks.cluster.BenchCluster;
import io.hightower.kv.benchmarks.measure.Stop;
import io.hightower.kv.benchmarks.measure.SyncProbe;
import io.hightower.kv.benchmarks.report.Row;
import io.hightower.kv.benchmarks.report.Table;
import io.hightower.kv.engine.ClusterOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code bench cluster} command: three members on this machine. */
@Command(
        name = "cluster",
        description = {
            "Measure a cluster of three processes on this machine: writes and linearizable reads, in turns with a cluster "
                    + "that puts one command into each log entry.",
            "",
            "On every member runs a loop that keeps its share of the outstanding operations under way. "
                    + "docs/benchmarks.md describes what is measured, and the fields."
        },
        footer = {
            "",
            "Examples:",
            "  hightower bench cluster",
            "  hightower bench cluster --outstanding 256 --seconds 30 --json"
        })
final class ClusterCommand implements Callable<Integer> {
    private static final Duration SETTLING_MOST = Duration.ofSeconds(5);

    private final PrintWriter output;
    private final PrintWriter errors;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--outstanding",
            paramLabel = "N",
            split = ",",
            description = "Operations under way in all members together; repeatable. Default: 1,64,256,1000.")
    private List<Integer> outstanding = List.of(1, 64, 256, 1000);

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Time to measure each kind of load with each number of outstanding operations. Default: 10.")
    private double seconds = 10;

    @Option(names = "--rounds", paramLabel = "N", description = "Turns that this time is divided into. Default: 5.")
    private int rounds = 5;

    @Option(names = "--keys", paramLabel = "N", description = "How many keys are written and read. Default: 100000.")
    private long keys = 100_000;

    @Option(names = "--value-bytes", paramLabel = "N", description = "Length of a value. Default: 256.")
    private int valueBytes = 256;

    @Option(names = "--heap", paramLabel = "SIZE", description = "Heap of each member. Default: 1g.")
    private String heap = "1g";

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where to write, on the disk to be measured; everything is deleted afterwards. Default: the "
                    + "folder for temporary files.")
    private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(names = "--json", description = "Print a JSON object a line.")
    private boolean isJson;

    @Option(names = "--in-process", hidden = true, description = "Run the members in this process.")
    private boolean isInProcess;

    ClusterCommand(PrintWriter output, PrintWriter errors) {
        this.output = output;
        this.errors = errors;
    }

    @Override
    public Integer call() throws IOException {
        require(seconds > 0 && seconds <= 3600, "seconds", seconds, "more than 0, to 3600");
        require(rounds >= 1 && rounds <= 100, "rounds", rounds, "1 to 100");
        require(keys >= 1 && keys <= 1_000_000_000, "keys", keys, "1 to 1000000000");
        require(valueBytes >= 0 && valueBytes <= 1 << 20, "value-bytes", valueBytes, "0 to 1048576");
        outstanding.forEach(each -> require(each >= 1 && each <= 5_000, "outstanding", each, "1 to 5000"));
        Stop stop = new Stop();
        try (WorkFolder work = WorkFolder.below(folder, stop)) {
            if (work.isInMemory() && !isInProcess) {
                tell(folder + " is in memory (" + work.fileSystem()
                        + "), where syncs cost nothing; choose a disk with --dir");
            }
            run(work, stop);
            return 0;
        } catch (Stop.Stopped e) {
            tell("stopped before the end");
            return BenchTool.EXIT_FAILED;
        }
    }

    private void run(WorkFolder work, Stop stop) throws IOException {
        BenchCluster.Plan plan = plan(work, "batches", ClusterOptions.LogTuning.DEFAULT.batchCommandsMax());
        tell("starting two clusters of three members");
        try (SyncProbe probe = SyncProbe.create(work.path().resolve("probe"));
                ClusterRun run = begin(plan, plan(work, "single", 1), work, stop)) {
            run.awaitOpen();
            // The first probe is slower, because its code is cold, and does not count.
            tell(String.format("the bare disk needs %.0f µs", probe.micros()));
            Consumer<Row> printer = printer();
            for (int each : outstanding) {
                run.run(each, probe::micros, said -> tell(each + " outstanding: " + said), stop)
                        .forEach(printer);
            }
        }
    }

    private BenchCluster.Plan plan(WorkFolder work, String name, int batchCommandsMax) throws IOException {
        Path directory = Files.createDirectory(work.path().resolve(name));
        return new BenchCluster.Plan(
                directory, batchCommandsMax, keys, valueBytes, isInProcess ? Duration.ZERO : SETTLING_MOST);
    }

    private ClusterRun begin(BenchCluster.Plan plan, BenchCluster.Plan single, WorkFolder work, Stop stop) {
        return new ClusterRun(open(plan, stop), open(single, stop), plan, seconds, rounds, work.fileSystem());
    }

    private BenchCluster open(BenchCluster.Plan plan, Stop stop) {
        return isInProcess ? BenchCluster.local(plan, stop) : BenchCluster.forked(plan, heap, stop);
    }

    private Consumer<Row> printer() {
        Table table = new Table(output);
        return row -> {
            if (isJson) {
                output.println(row.toJson());
                output.flush();
            } else {
                table.print(row);
            }
        };
    }

    private void tell(String message) {
        BenchTool.tell(errors, "bench cluster: " + message);
    }

    private void require(boolean holds, String option, Object value, String bounds) {
        if (!holds) {
            String message = "an option is out of bounds: " + option + "=" + value + " bounds=" + bounds;
            if (spec == null) {
                throw new IllegalStateException(message);
            }
            throw new CommandLine.ParameterException(spec.commandLine(), message);
        }
    }
}
