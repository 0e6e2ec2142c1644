package io.hightower.kv.cli;

import io.hightower.kv.tls.DevelopmentCertificates;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code certs init} command. */
@Command(
        name = "init",
        description = {
            "Make a certificate authority, and certificates for members and clients.",
            "",
            "Writes ca.crt and ca.key, and NAME.crt and NAME.key for each member and client. Keys are EC P-256, readable "
                    + "by this user only. Nothing is overwritten."
        },
        footer = {
            "",
            "Examples:",
            "  hightower certs init",
            "  hightower certs init --dir certs --members a,b,c --hosts h1,h2,h3,10.0.0.7 --days 30",
        })
final class CertsInitCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private final CertsFlags flags = new CertsFlags();

    @Option(
            names = "--members",
            paramLabel = "LIST",
            split = ",",
            description = "Names of members, which are those of the files. Default: n1,n2,n3.")
    private List<String> members = List.of("n1", "n2", "n3");

    @Option(
            names = "--client",
            paramLabel = "LIST",
            split = ",",
            description = "Names of clients: the users that their certificates stand for. Default: client.")
    private List<String> clients = List.of("client");

    CertsInitCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        return flags.issue(() -> DevelopmentCertificates.create(flags.directory()), members, clients, surroundings);
    }
}
