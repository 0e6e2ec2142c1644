package io.hightower.kv.benchmarks;

import java.io.PrintWriter;
import java.util.spi.ToolProvider;
import picocli.CommandLine;

/**
 * The command {@code bench} as a service of the platform, so that the command line can find it without depending on it.
 *
 * <p><b>Threads.</b> Thread-safe.
 */
public final class BenchTool implements ToolProvider {
    /** Some row could not be measured, or something failed. */
    static final int EXIT_FAILED = 1;

    /** The name under which the command line asks for it. */
    @Override
    public String name() {
        return "bench";
    }

    @Override
    public int run(PrintWriter output, PrintWriter errors, String... arguments) {
        CommandLine line = new CommandLine(new BenchCommand());
        line.addSubcommand(new EmbeddedCommand(output, errors));
        line.addSubcommand(new ClusterCommand(output, errors));
        line.setUsageHelpWidth(100);
        line.setAbbreviatedOptionsAllowed(false);
        line.setOut(output);
        line.setErr(errors);
        line.setParameterExceptionHandler((wrong, given) -> {
            String name = wrong.getCommandLine().getCommandSpec().qualifiedName();
            tell(errors, wrong.getMessage() + "; see " + name + " --help");
            return CommandLine.ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((failure, at, parsed) -> {
            if (System.getenv("HIGHTOWER_DEBUG") != null) {
                failure.printStackTrace(errors);
            }
            String message = failure.getMessage();
            tell(errors, message == null ? failure.toString() : message);
            return EXIT_FAILED;
        });
        int exitCode = line.execute(arguments);
        output.flush();
        errors.flush();
        return exitCode;
    }

    /** Tells people something, in one line. */
    static void tell(PrintWriter errors, String message) {
        errors.println("hightower: " + message.replace("\n", " "));
        errors.flush();
    }
}
