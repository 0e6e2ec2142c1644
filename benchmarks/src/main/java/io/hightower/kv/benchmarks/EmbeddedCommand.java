package io.hightower.kv.benchmarks;

import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.fork.ChildJvm;
import io.hightower.kv.benchmarks.measure.Stop;
import io.hightower.kv.benchmarks.measure.SyncProbe;
import io.hightower.kv.benchmarks.report.Row;
import io.hightower.kv.benchmarks.report.Table;
import io.hightower.kv.benchmarks.workload.Plan;
import io.hightower.kv.benchmarks.workload.Workload;
import io.hightower.kv.benchmarks.workload.Workloads;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code bench embedded} command: the engine as a library. */
@Command(
        name = "embedded",
        description = {
            "Measure the engine as a library, in turns with other stores, under equal durability.",
            "",
            "Each workload runs in a process of its own. Before and after each turn the bare disk is probed; a round in "
                    + "which it moved by more than a fifth is repeated. docs/benchmarks.md describes workloads and fields."
        },
        footer = {
            "",
            "Examples:",
            "  hightower bench embedded",
            "  hightower bench embedded --against all --workload get-hot --workload scan-100",
            "  hightower bench embedded --json --seconds 20 --keys 10000000 --dir /mnt/disk"
        })
final class EmbeddedCommand implements Callable<Integer> {
    private static final String ALL = "all";
    private static final String NONE = "none";

    /** Background work that takes longer is waited for no more, and goes on beside the next turn. */
    private static final Duration SETTLING_MOST = Duration.ofSeconds(30);

    private final PrintWriter output;
    private final PrintWriter errors;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--against",
            paramLabel = "STORE",
            split = ",",
            description =
                    "What to measure beside the engine: rocksdb, rocksdb-tuned, h2, xodus, all or none; repeatable. "
                            + "Default: rocksdb.")
    private List<String> against = List.of(Engine.ROCKSDB.label());

    @Option(names = "--without-hightower", description = "Measure the others only.")
    private boolean isWithoutHightower;

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            split = ",",
            description = "What to do; repeatable, see --list. Default: all that do not take very long.")
    private List<String> names = List.of();

    @Option(names = "--list", description = "Print the workloads and exit.")
    private boolean isList;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Time to measure each store in each workload. Default: 5.")
    private double seconds = 5;

    @Option(names = "--keys", paramLabel = "N", description = "How many keys are stored. Default: 1000000.")
    private long keys = 1_000_000;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads, in workloads whose name does not say how many. Default: 1.")
    private @Nullable Integer threads;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where to write, on the disk to be measured; everything is deleted afterwards. Default: the "
                    + "folder for temporary files.")
    private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(names = "--json", description = "Print a JSON object a line.")
    private boolean isJson;

    @Option(names = "--in-process", hidden = true, description = "Run the workloads in this process.")
    private boolean isInProcess;

    EmbeddedCommand(PrintWriter output, PrintWriter errors) {
        this.output = output;
        this.errors = errors;
    }

    @Override
    public Integer call() throws IOException {
        if (isList) {
            Workloads.all().forEach(each -> output.printf("%-24s %s%n", each.name(), each.description()));
            return 0;
        }
        List<Engine> engines = engines();
        List<Workload> workloads = workloads();
        require(seconds > 0 && seconds <= 3600, "seconds", seconds, "more than 0, to 3600");
        require(keys >= 1 && keys <= 1_000_000_000, "keys", keys, "1 to 1000000000");
        require(threads == null || (threads >= 1 && threads <= 512), "threads", String.valueOf(threads), "1 to 512");
        Stop stop = new Stop();
        try (WorkFolder work = WorkFolder.below(folder, stop)) {
            if (work.isInMemory() && !isInProcess) {
                BenchTool.tell(
                        errors,
                        "bench: " + folder + " is in memory (" + work.fileSystem()
                                + "), where syncs cost nothing; choose a disk with --dir");
            }
            return isInProcess ? runHere(engines, workloads, work, stop) : runApart(engines, workloads, work, stop);
        } catch (Stop.Stopped e) {
            BenchTool.tell(errors, "bench: " + e.getMessage());
            return BenchTool.EXIT_FAILED;
        }
    }

    /** Runs each workload in a process of its own, one after the other. */
    private int runApart(List<Engine> engines, List<Workload> workloads, WorkFolder work, Stop stop) {
        Consumer<Row> printer = printer();
        int failed = 0;
        for (Workload workload : workloads) {
            stop.check();
            if (workload.isLong() && !names.contains(workload.name())) {
                engines.forEach(engine -> printer.accept(left(workload, engine)));
                continue;
            }
            int exitCode = ChildJvm.like()
                    .run(
                            BenchMain.class,
                            childArguments(engines, workload, work),
                            line -> printer.accept(Row.parse(line)));
            stop.check();
            if (exitCode != 0) {
                BenchTool.tell(errors, "bench " + workload.name() + ": failed, see above");
                failed++;
            }
        }
        return failed == 0 ? 0 : BenchTool.EXIT_FAILED;
    }

    private List<String> childArguments(List<Engine> engines, Workload workload, WorkFolder work) {
        List<String> arguments = new ArrayList<>(List.of("embedded", "--in-process", "--json"));
        arguments.addAll(
                List.of("--workload", workload.name(), "--dir", work.path().toString()));
        arguments.addAll(List.of("--seconds", Double.toString(seconds), "--keys", Long.toString(keys)));
        if (threads != null) {
            arguments.addAll(List.of("--threads", threads.toString()));
        }
        List<String> others = engines.stream()
                .filter(engine -> engine != Engine.HIGHTOWER)
                .map(Engine::label)
                .toList();
        arguments.addAll(List.of("--against", others.isEmpty() ? NONE : String.join(",", others)));
        if (!engines.contains(Engine.HIGHTOWER)) {
            arguments.add("--without-hightower");
        }
        return arguments;
    }

    private int runHere(List<Engine> engines, List<Workload> workloads, WorkFolder work, Stop stop) {
        Consumer<Row> printer = printer();
        OptionalInt wanted = threads == null ? OptionalInt.empty() : OptionalInt.of(threads);
        for (Workload workload : workloads) {
            Plan plan = new Plan(
                    keys,
                    wanted,
                    SETTLING_MOST,
                    said -> BenchTool.tell(errors, "bench " + workload.name() + ": " + said),
                    stop);
            try (SyncProbe probe = SyncProbe.create(work.path().resolve(workload.name() + ".probe"))) {
                new WorkloadRun(workload, plan, seconds, work.fileSystem())
                        .run(engines, work.path(), probe::micros)
                        .forEach(printer);
            }
        }
        return 0;
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

    private static Row left(Workload workload, Engine engine) {
        Row row = new Row()
                .with("format", Row.FORMAT)
                .with("workload", workload.name())
                .with("engine", engine.label())
                .with("threads", workload.threads());
        return WorkloadRun.notMeasured(row)
                .with("unit", workload.unit().label())
                .with("note", "not measured: takes minutes, name it with --workload " + workload.name());
    }

    private List<Engine> engines() {
        Set<Engine> engines = EnumSet.noneOf(Engine.class);
        for (String label : against) {
            switch (label) {
                case NONE -> {}
                case ALL -> engines.addAll(EnumSet.allOf(Engine.class));
                default ->
                    engines.add(Engine.labelled(label)
                            .orElseThrow(() -> refused(
                                    "'" + label + "' cannot be measured against; " + labels() + ", all or none can")));
            }
        }
        engines.add(Engine.HIGHTOWER);
        if (isWithoutHightower) {
            engines.remove(Engine.HIGHTOWER);
        }
        if (engines.isEmpty()) {
            throw refused("nothing is left to measure: --without-hightower needs a store in --against");
        }
        return List.copyOf(engines);
    }

    private List<Workload> workloads() {
        if (names.isEmpty()) {
            return Workloads.all();
        }
        return names.stream()
                .map(name -> Workloads.named(name)
                        .orElseThrow(() -> refused("'" + name + "' is no workload; --list prints them")))
                .toList();
    }

    private static String labels() {
        return Stream.of(Engine.values())
                .filter(engine -> engine != Engine.HIGHTOWER)
                .map(Engine::label)
                .collect(Collectors.joining(", "));
    }

    private void require(boolean holds, String option, Object value, String bounds) {
        if (!holds) {
            throw refused("an option is out of bounds: " + option + "=" + value + " bounds=" + bounds);
        }
    }

    private CommandLine.ParameterException refused(String message) {
        if (spec == null) {
            throw new IllegalStateException(message);
        }
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
