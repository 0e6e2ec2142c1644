package io.hightower.kv.benchmarks;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code bench} command, which only holds others. */
@Command(
        name = "hightower bench",
        description = "Measure the engine beside other stores, and clusters of it.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Examples:", "  hightower bench embedded --json", "  hightower bench cluster"})
final class BenchCommand implements Runnable {
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Print this help and exit.")
    private boolean help;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
        }
    }
}
