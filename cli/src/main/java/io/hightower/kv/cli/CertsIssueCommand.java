package io.hightower.kv.cli;

import io.hightower.kv.tls.DevelopmentCertificates;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code certs issue} command. */
@Command(
        name = "issue",
        description = {
            "Issue more certificates from the authority that certs init has made.",
            "",
            "To renew a certificate, move its files away and issue it again. A running server takes what is new from the next "
                    + "connection on."
        },
        footer = {
            "",
            "Examples:",
            "  hightower certs issue --members n4 --hosts n4.example.org",
            "  hightower certs issue --dir certs --client alice",
        })
final class CertsIssueCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private final CertsFlags flags = new CertsFlags();

    @Option(names = "--members", paramLabel = "LIST", split = ",", description = "Names of members.")
    private List<String> members = List.of();

    @Option(names = "--client", paramLabel = "LIST", split = ",", description = "Names of clients.")
    private List<String> clients = List.of();

    CertsIssueCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (members.isEmpty() && clients.isEmpty()) {
            throw new CommandFailure(ExitCode.USAGE, "nothing is asked for: give --members or --client");
        }
        return flags.issue(() -> DevelopmentCertificates.open(flags.directory()), members, clients, surroundings);
    }
}
