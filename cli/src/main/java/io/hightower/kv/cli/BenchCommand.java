package io.hightower.kv.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * The {@code bench} command, which hands its arguments on to the tool of that name. The tool is a service, found on the class
 * path: it brings other stores and their native code, which nothing else may come to need.
 */
@Command(
        name = BenchCommand.NAME,
        description = {
            "Measure the engine beside other stores.",
            "",
            "The benchmarks are separate jars, which the launcher adds for this command only."
        },
        footer = {
            "",
            "Examples:",
            "  hightower bench embedded",
            "  hightower bench embedded --help",
            "  hightower bench embedded --against all --workload get-hot --json"
        })
final class BenchCommand implements Callable<Integer> {
    /** The name of the command and of the tool. */
    static final String NAME = "bench";

    private final Surroundings surroundings;

    @Parameters(paramLabel = "ARGUMENT", arity = "1..*", description = "'embedded', and its flags.")
    private @Nullable List<String> arguments;

    BenchCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        ToolProvider tool = ToolProvider.findFirst(NAME)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE,
                        "the benchmarks are not on the class path; use bin/hightower of a source tree or of a whole"
                                + " distribution"));
        PrintWriter output =
                new PrintWriter(new OutputStreamWriter(surroundings.output(), StandardCharsets.UTF_8), false);
        PrintWriter errors = new PrintWriter(surroundings.errors(), true, StandardCharsets.UTF_8);
        String[] given = arguments == null ? new String[0] : arguments.toArray(String[]::new);
        return tool.run(output, errors, given);
    }
}
