package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.engine.Options;
import io.hightower.kv.server.ServerOptions;
import io.hightower.kv.server.listen.ListenAddress;
import io.hightower.kv.storage.log.SyncPolicy;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ServerCommandTest {
    @TempDir
    private Path directory;

    @Test
    void leavesDefaultsWhereNoFlagIsGiven() {
        ServerOptions options = options();

        assertThat(options.rest()).isEqualTo(new ListenAddress("127.0.0.1", 8080));
        assertThat(options.engine()).isEqualTo(HistoryFlagsTest.asServed(Options.at(Path.of("hightower-data"))));
    }

    @Test
    void setsEachKnob() {
        Options engine = options(
                        "--data-dir=d",
                        "--sync=interval=25ms",
                        "--request-bytes-max=3MiB",
                        "--queue-commands-max=4",
                        "--queue-bytes-max=5MiB",
                        "--enqueue-timeout=6s",
                        "--free-disk-bytes-min=8MiB",
                        "--tombstone-grace=9m",
                        "--maintenance-interval=10s",
                        "--worker-threads=11")
                .engine();

        assertThat(engine)
                .isEqualTo(HistoryFlagsTest.asServed(Options.at(Path.of("d")))
                        .withSync(SyncPolicy.interval(Duration.ofMillis(25)))
                        .withRequestBytesMax(3 << 20)
                        .withQueueCommandsMax(4)
                        .withQueueBytesMax(5 << 20)
                        .withEnqueueTimeout(Duration.ofSeconds(6))
                        .withFreeDiskBytesMin(8 << 20)
                        .withTombstoneGrace(Duration.ofMinutes(9))
                        .withMaintenanceInterval(Duration.ofSeconds(10))
                        .withWorkerThreads(11));
    }

    @Test
    void takesFlagsThatAreLegalTogetherInAnyOrder() {
        Options engine =
                options("--queue-bytes-max=1MiB", "--request-bytes-max=256KiB").engine();
        assertThat(engine.queueBytesMax()).isEqualTo(1 << 20);

        assertRefused("--queue-bytes-max=1048576 bounds=--request-bytes-max plus 64 KiB", "--queue-bytes-max=1MiB");
    }

    @Test
    void everyKnobHasAFlagWhoseHelpNamesDefaultAndRange() {
        List<String> elsewhere = List.of("directory", "sync", "storage", "history", "watch", "metrics", "cluster");
        for (RecordComponent knob : Options.class.getRecordComponents()) {
            if (!elsewhere.contains(knob.getName())) {
                StorageFlagsTest.assertDocumented(new CommandLine(command()), knob);
            }
        }
    }

    @Test
    void makesAMemberOfFlags() {
        ClusterOptions member = options(
                        "--name=a",
                        "--initial-cluster=a=http://h1:1,b=h2:2,c=https://h3:3",
                        "--initial-cluster-token=test",
                        "--election-timeout=200ms",
                        "--request-timeout=3s",
                        "--log-bytes-kept=1MiB",
                        "--transfer-bytes-per-second=2MiB")
                .engine()
                .cluster()
                .orElseThrow();

        assertThat(member.name()).isEqualTo("a");
        assertThat(member.initialCluster())
                .containsExactly(Map.entry("a", "h1:1"), Map.entry("b", "h2:2"), Map.entry("c", "h3:3"));
        assertThat(member.initialClusterToken()).isEqualTo("test");
        assertThat(member.electionTimeout()).isEqualTo(Duration.ofMillis(200));
        assertThat(member.requestTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(member.log()).isEqualTo(new ClusterOptions.LogTuning(1_024, 1 << 20, 2 << 20));
    }

    @Test
    void aMemberMayListenElsewhereAndJoinAClusterThatExists() {
        ClusterOptions member = options(
                        "--name=d",
                        "--initial-cluster=a=http://h1:1",
                        "--initial-cluster-state=existing",
                        "--initial-advertise-peer-urls=http://h4:4",
                        "--listen-peer-urls=http://0.0.0.0:5")
                .engine()
                .cluster()
                .orElseThrow();

        assertThat(member.addresses()).isEqualTo(new ClusterOptions.Addresses("h4:4", "0.0.0.0:5"));
        assertThat(member.initialClusterState()).isEqualTo(ClusterOptions.InitialState.EXISTING);
        assertThat(member.initialCluster()).containsExactly(Map.entry("a", "h1:1"));
        assertRefused("is new or existing", "--name=a", "--initial-cluster=a=h:1", "--initial-cluster-state=old");
        assertRefused(
                "--listen-peer-urls takes one URL", "--name=a", "--initial-cluster=a=h:1", "--listen-peer-urls=h");
    }

    @Test
    void aMemberThatMovedIsStartedWithTheListThatItWasFoundedWith() {
        ClusterOptions member = options(
                        "--name=a", "--initial-cluster=a=h1:1,b=h2:2", "--initial-advertise-peer-urls=http://h9:9")
                .engine()
                .cluster()
                .orElseThrow();

        assertThat(member.addresses()).isEqualTo(new ClusterOptions.Addresses("h9:9", "h9:9"));
        assertThat(member.initialCluster()).containsExactly(Map.entry("a", "h1:1"), Map.entry("b", "h2:2"));
    }

    @Test
    void aNewMemberIsInTheListOfFounders() {
        CommandRun run = CommandRun.of(
                "server",
                "--data-dir=" + directory,
                "--http-addr=127.0.0.1:0",
                "--name=a",
                "--initial-cluster=b=h:1",
                "--initial-advertise-peer-urls=127.0.0.1:2");

        assertThat(run.errors()).contains("is not in --initial-cluster with its address: name=a");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void refusesFlagsThatDoNotFitTogether() {
        assertRefused("needs both --name and --initial-cluster", "--name=a");
        assertRefused("needs both --name and --initial-cluster", "--initial-cluster-token=x");
        assertRefused("needs both --name and --initial-cluster", "--election-timeout=1s");
        assertRefused("name=http://host:port", "--name=a", "--initial-cluster=a");
        assertRefused("named twice: member=a", "--name=a", "--initial-cluster=a=h:1,a=h:2");
        assertRefused("--initial-cluster has no member of that name", "--name=z", "--initial-cluster=a=h:1,b=h:2");
        assertRefused("leave --sync out", "--name=a", "--initial-cluster=a=h:1,b=h:2", "--sync=never");
        assertRefused("--segment-bytes=1 ", "--segment-bytes=1");
        assertRefused("--request-bytes-max=5368709120 bounds=1KiB", "--request-bytes-max=5GiB");
        assertRefused("host:port", "--http-addr=8080");
        assertRefused("--shutdown-grace=PT1H", "--shutdown-grace=1h");
        assertRefused("--election-timeout=PT0.001S", "--name=a", "--initial-cluster=a=h:1", "--election-timeout=1ms");
    }

    @Test
    void acceptsSyncEveryForAMember() {
        assertThat(options("--name=a", "--initial-cluster=a=h:1,b=h:2", "--sync=every")
                        .engine()
                        .cluster())
                .isPresent();
    }

    @Test
    void takesAddressAndDirectoryFromTheEnvironmentUnlessFlagsSayOtherwise() throws Exception {
        Path blocked = Files.writeString(directory.resolve("file"), "").resolve("data");
        Map<String, String> variables = Map.of("KV_DATA_DIR", blocked.toString(), "KV_HTTP_ADDR", "nonsense");

        assertThat(CommandRun.of(variables, "", "server").errors()).contains("address=nonsense");
        CommandRun run = CommandRun.of(variables, "", "server", "--http-addr=127.0.0.1:0");
        assertThat(run.errors()).contains(blocked.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.DISK);
        assertThat(run.output()).isEmpty();
    }

    private static ServerOptions options(String... flags) {
        ServerCommand command = command();
        new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(flags);
        return command.options();
    }

    private static ServerCommand command() {
        return new ServerCommand(new Surroundings(
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                name -> Optional.empty(),
                false));
    }

    private static void assertRefused(String reason, String... flags) {
        assertThatThrownBy(() -> options(flags))
                .as(String.join(" ", flags))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
