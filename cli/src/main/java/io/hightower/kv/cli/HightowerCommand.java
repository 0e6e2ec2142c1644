package io.hightower.kv.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The {@code hightower} command: finds the subcommand, and turns failures into one line and an exit code. */
@Command(
        name = "hightower",
        description = "A strongly consistent key-value store: a server, a cluster, and their clients.",
        versionProvider = Release.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "First steps:",
            "  hightower server                  serve ./hightower-data at http://127.0.0.1:8080",
            "  hightower put greeting hello      in another terminal",
            "  hightower get greeting",
            "",
            "'hightower COMMAND --help' tells more about a command."
        })
final class HightowerCommand implements Runnable {
    /** The environment variables that stand for a flag that is not given. */
    private static final Map<String, String> VARIABLES = Map.of(
            "--http-addr", "KV_HTTP_ADDR",
            "--data-dir", "KV_DATA_DIR",
            "--endpoints", "HIGHTOWER_ENDPOINTS");

    /** By name, in the order of the help. */
    private static final Map<String, Function<Surroundings, Object>> COMMANDS = commands();

    private static final String DEBUG_VARIABLE = "HIGHTOWER_DEBUG";

    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(names = "--version", versionHelp = true, description = "Print the release and exit.")
    private boolean version;

    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Print this help and exit.")
    private boolean help;

    @Override
    public void run() {
        throw new CommandFailure(ExitCode.USAGE, "a command is missing; see hightower --help");
    }

    /** Runs the command that the arguments name and returns its exit code. */
    static int run(String[] arguments, Surroundings surroundings) {
        CommandLine line = new CommandLine(new HightowerCommand());
        addSubcommands(line, arguments, surroundings);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpWidth(100);
        line.setAbbreviatedOptionsAllowed(false);
        CommandLine bench = line.getSubcommands().get(BenchCommand.NAME);
        if (bench != null) {
            // What follows the first word belongs to the tool, flags like --help included.
            bench.setStopAtPositional(true);
        }
        line.setDefaultValueProvider(variables(surroundings));
        PrintWriter output =
                new PrintWriter(new OutputStreamWriter(surroundings.output(), StandardCharsets.UTF_8), true);
        line.setOut(output);
        line.setErr(new PrintWriter(surroundings.errors(), true, StandardCharsets.UTF_8));
        line.setParameterExceptionHandler((wrong, given) -> misused(wrong, surroundings));
        line.setExecutionExceptionHandler((failure, at, parsed) -> failed(failure, surroundings));
        int exitCode = line.execute(arguments);
        output.flush();
        return exitCode;
    }

    /** Adds the command that the first argument names, or all: picocli takes its time to look at each. */
    private static void addSubcommands(CommandLine line, String[] arguments, Surroundings surroundings) {
        Function<Surroundings, Object> wanted = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
        if (wanted != null) {
            line.addSubcommand(wanted.apply(surroundings));
        } else if (arguments.length != 1 || !arguments[0].equals("--version")) {
            COMMANDS.values().forEach(command -> line.addSubcommand(command.apply(surroundings)));
        }
    }

    private static Map<String, Function<Surroundings, Object>> commands() {
        Map<String, Function<Surroundings, Object>> commands = new LinkedHashMap<>();
        commands.put("server", ServerCommand::new);
        commands.put("cluster", ClusterCommand::new);
        commands.put("put", PutCommand::new);
        commands.put("get", GetCommand::new);
        commands.put("del", surroundings -> new DelCommand());
        commands.put("scan", ScanCommand::new);
        commands.put("import", ImportCommand::new);
        commands.put("export", ExportCommand::new);
        commands.put("status", StatusCommand::new);
        commands.put("member", MemberCommand::with);
        commands.put("inspect", InspectCommand::new);
        commands.put("verify", VerifyCommand::new);
        commands.put("convert", ConvertCommand::new);
        commands.put("certs", CertsCommand::with);
        commands.put(BenchCommand.NAME, BenchCommand::new);
        return commands;
    }

    private static IDefaultValueProvider variables(Surroundings surroundings) {
        return argument -> argument instanceof OptionSpec option && VARIABLES.containsKey(option.longestName())
                ? surroundings
                        .variables()
                        .apply(VARIABLES.get(option.longestName()))
                        .orElse(null)
                : null;
    }

    private static int misused(ParameterException wrong, Surroundings surroundings) {
        String name = wrong.getCommandLine().getCommandSpec().qualifiedName();
        surroundings.tell(wrong.getMessage() + "; see " + name + " --help");
        return ExitCode.USAGE;
    }

    private static int failed(Exception thrown, Surroundings surroundings) {
        if (surroundings.variables().apply(DEBUG_VARIABLE).isPresent()) {
            thrown.printStackTrace(surroundings.errors());
        }
        if (thrown instanceof OutputException output) {
            return output.nobodyReads() ? ExitCode.BROKEN_PIPE : told(output.failure(), surroundings);
        }
        Failure failure = thrown instanceof CommandFailure known ? known.failure() : Failure.ofRequest(thrown);
        return told(failure, surroundings);
    }

    private static int told(Failure failure, Surroundings surroundings) {
        surroundings.tell(failure.line());
        return failure.exitCode();
    }
}
