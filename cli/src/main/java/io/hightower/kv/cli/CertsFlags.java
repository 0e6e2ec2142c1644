package io.hightower.kv.cli;

import io.hightower.kv.tls.DevelopmentCertificates;
import io.hightower.kv.tls.TlsFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The flags that say which certificates are wanted and where, and the issuing of them. */
final class CertsFlags {
    private static final int DAYS_MAX = 36_500;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where the files are. Default: ./hightower-certs.")
    private Path directory = Path.of("hightower-certs");

    @Option(
            names = "--hosts",
            paramLabel = "LIST",
            split = ",",
            description =
                    "Names and addresses at which the members are called, for the certificate of each, which is good "
                            + "for its member's name, too. Default: localhost,127.0.0.1,::1.")
    private List<String> hosts = List.of("localhost", "127.0.0.1", "::1");

    @Option(
            names = "--days",
            paramLabel = "N",
            description =
                    "How long the certificates are valid, 1 to 36500. Default: 365. The authority is valid for ten years.")
    private int days = 365;

    Path directory() {
        return directory;
    }

    /** Issues certificates for members and clients in the directory's authority and says so. */
    int issue(
            Supplier<DevelopmentCertificates> authority,
            List<String> members,
            List<String> clients,
            Surroundings surroundings) {
        if (days < 1 || days > DAYS_MAX) {
            throw new CommandFailure(
                    ExitCode.USAGE, "an option is out of bounds: days=" + days + " bounds=1 to " + DAYS_MAX);
        }
        Duration validity = Duration.ofDays(days);
        List<String> names = new ArrayList<>(members);
        names.addAll(clients);
        try {
            requireDistinct(names);
            DevelopmentCertificates.requireHosts(hosts);
            DevelopmentCertificates.requireAbsent(directory, names);
            DevelopmentCertificates certificates = authority.get();
            StringBuilder told = new StringBuilder("authority: " + certificates.trustedCa() + "\n");
            for (String member : members) {
                told.append("member: ").append(line(certificates.issueMember(member, hosts, validity)));
            }
            for (String client : clients) {
                told.append("client: ").append(line(certificates.issueClient(client, validity)));
            }
            OutputStream output = surroundings.output();
            output.write(told.toString().getBytes(StandardCharsets.UTF_8));
            output.flush();
            return ExitCode.OK;
        } catch (UncheckedIOException | IOException e) {
            Throwable cause = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : e;
            throw new CommandFailure(
                    ExitCode.DISK, "a file cannot be written: " + cause + "; check disk and permissions");
        }
    }

    private static void requireDistinct(List<String> names) {
        for (String name : names) {
            if (names.indexOf(name) != names.lastIndexOf(name)) {
                throw new CommandFailure(ExitCode.USAGE, "a name is given twice: name=" + name);
            }
        }
    }

    private static String line(TlsFiles files) {
        return files.certificate() + " " + files.key() + "\n";
    }
}
