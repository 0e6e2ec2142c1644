package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ClusterCommandTest {
    @Test
    void givesItsMembersTheFlagsOfTheEngineAsTheyWereGiven() {
        ClusterCommand command = parsed(
                "--base-port=9000",
                "--auto-compaction-retention=2",
                "--verify-merges=false",
                "--preset",
                "SMALL",
                "--memtable-bytes=1MiB");

        assertThat(command.tuningArguments())
                .containsExactlyInAnyOrder(
                        "--auto-compaction-retention=2",
                        "--verify-merges=false",
                        "--preset=SMALL",
                        "--memtable-bytes=1MiB");
    }

    @Test
    void givesEachMemberItsCertificate() {
        ClusterCommand command = parsed("--certs=c", "--worker-threads=2");

        assertThat(command.tlsArguments(command.members().get(1)))
                .containsExactly(
                        "--peer-cert-file=c/n2.crt", "--peer-key-file=c/n2.key", "--peer-trusted-ca-file=c/ca.crt");
        assertThat(command.tuningArguments()).containsExactly("--worker-threads=2");
        assertThat(parsed().tlsArguments(command.members().get(0))).isEmpty();
    }

    @Test
    void saysWhichCertificateIsMissingBeforeItStartsAMember() {
        CommandRun run = CommandRun.of("cluster", "--certs", "nowhere");

        assertThat(run.exitCode()).isEqualTo(ExitCode.DISK);
        assertThat(run.errors())
                .contains("hightower certs init --dir nowhere", "file=nowhere/n1.crt")
                .doesNotContain("member n1");
    }

    @Test
    void waitsForMembersLongerThanTheyGiveThemselves() {
        Duration usual = parsed().stopPatience();

        assertThat(usual).isGreaterThan(Duration.ofMinutes(2));
        assertThat(parsed("--request-timeout=60s").stopPatience()).isEqualTo(usual.plusSeconds(2 * (60 - 7)));
    }

    @Test
    void refusesWrongFlagsBeforeItStartsAMember() {
        CommandRun run = CommandRun.of("cluster", "--level0-tables", "1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.errors()).contains("--level0-tables=1 bounds=2 to 64").doesNotContain("member n1");
    }

    private static ClusterCommand parsed(String... flags) {
        ClusterCommand command = new ClusterCommand(Surroundings.ofProcess());
        new CommandLine(command).parseArgs(flags);
        return command;
    }
}
