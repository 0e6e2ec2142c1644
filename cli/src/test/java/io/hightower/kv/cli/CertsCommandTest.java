package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.tls.Callers;
import io.hightower.kv.tls.ReloadingTls;
import io.hightower.kv.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertsCommandTest {
    @TempDir
    private Path scratch;

    private CommandRun run(String command, String... arguments) {
        return CommandRun.of(
                Stream.concat(Stream.of("certs", command, "--dir", directory().toString()), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private Path directory() {
        return scratch.resolve("certs");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory())) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private ReloadingTls open(String name) {
        return ReloadingTls.open(
                TlsFiles.mutual(
                        directory().resolve(name + ".crt"),
                        directory().resolve(name + ".key"),
                        directory().resolve("ca.crt")),
                Callers.MEMBERS);
    }

    @Test
    void initMakesAllThatAClusterNeeds() throws IOException {
        CommandRun run = run("init");

        assertThat(run.errors()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.output())
                .startsWith("authority: " + directory().resolve("ca.crt") + "\n")
                .contains("\nmember: " + directory().resolve("n3.crt") + " "
                        + directory().resolve("n3.key") + "\n")
                .contains("\nclient: " + directory().resolve("client.crt") + " ");
        assertThat(names())
                .containsExactly(
                        "ca.crt",
                        "ca.key",
                        "client.crt",
                        "client.key",
                        "n1.crt",
                        "n1.key",
                        "n2.crt",
                        "n2.key",
                        "n3.crt",
                        "n3.key");
        for (String member : List.of("n1", "n2", "n3")) {
            assertThat(open(member).certificateEnd())
                    .isBefore(Instant.now().plus(Duration.ofDays(365)))
                    .isAfter(Instant.now().plus(Duration.ofDays(364)));
        }
    }

    @Test
    void initOverwritesNothingAndWritesNothingThen() throws IOException {
        assertThat(run("init", "--members", "a").exitCode()).isEqualTo(ExitCode.OK);
        List<String> before = names();

        CommandRun again = run("init", "--members", "b", "--client", "bob");

        assertThat(again.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(again.errors()).contains("exists already", "ca.key", "nothing is overwritten");
        assertThat(names()).isEqualTo(before);
    }

    @Test
    void issueContinuesWithTheAuthority() throws IOException {
        run("init", "--members", "a");

        CommandRun issued =
                run("issue", "--members", "d", "--client", "alice,bob", "--hosts", "d.example.org", "--days", "2");

        assertThat(issued.errors()).isEmpty();
        assertThat(open("d").certificateEnd()).isBefore(Instant.now().plus(Duration.ofDays(3)));
        assertThat(names()).contains("alice.key", "bob.crt");
        assertThat(run("issue", "--members", "e,d").errors()).contains("exists already", "d.crt");
        assertThat(names()).as("refused as a whole").doesNotContain("e.crt");
    }

    @Test
    void refusesWhatMakesNoSense() {
        for (String[] arguments : new String[][] {
            {"init", "--days", "0"},
            {"init", "--members", "a,a"},
            {"init", "--members", "ca"},
            {"init", "--hosts", "h1:2380"},
            {"issue"},
            {"issue", "--members", "a"},
        }) {
            CommandRun run = run(arguments[0], Stream.of(arguments).skip(1).toArray(String[]::new));
            assertThat(run.exitCode()).as(String.join(" ", arguments)).isEqualTo(ExitCode.USAGE);
            assertThat(run.errors()).startsWith("hightower: ").hasLineCount(1);
        }
        assertThat(directory()).doesNotExist();
        assertThat(CommandRun.of("certs").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(CommandRun.of("certs", "init", "--help").output()).contains("--hosts", "Default: n1,n2,n3");
    }

    @Test
    void saysWhenTheDirectoryCannotBeWritten() throws IOException {
        Files.writeString(directory(), "a file");

        CommandRun run = run("init");

        assertThat(run.exitCode()).isEqualTo(ExitCode.DISK);
        assertThat(run.errors()).contains("cannot be written");
    }
}
