package io.hightower.kv.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code certs} command, which is two: {@code init} and {@code issue}. */
@Command(
        name = "certs",
        description = {
            "Make certificates for TLS, for development and tests.",
            "",
            "The key of the authority lies beside what it issues, and whoever has it can become a member. Take the "
                    + "certificates of a real cluster from an authority elsewhere; docs/operations.md tells what they need."
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  hightower certs init --dir certs --hosts localhost,127.0.0.1",
            "  hightower certs issue --dir certs --members n4 --hosts n4.example.org",
        })
final class CertsCommand implements Runnable {
    private CertsCommand() {}

    /** Returns the command with its parts. */
    static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new CertsCommand())
                .addSubcommand(new CertsInitCommand(surroundings))
                .addSubcommand(new CertsIssueCommand(surroundings));
    }

    @Override
    public void run() {
        throw new CommandFailure(ExitCode.USAGE, "a command is missing: init or issue; see hightower certs --help");
    }
}
