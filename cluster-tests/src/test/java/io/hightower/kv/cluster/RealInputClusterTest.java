package io.hightower.kv.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hightower.kv.cluster.process.CommandProcess;
import io.hightower.kv.cluster.process.Ports;
import io.hightower.kv.cluster.process.ProcessCluster;
import io.hightower.kv.cluster.process.ServerProcess;
import io.hightower.kv.cluster.process.StatusProbe;
import io.hightower.kv.cluster.process.StatusProbe.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files of this machine go in by import and come out by export, the same to the byte, whatever is killed meanwhile.
 * {@code -Dhightower.lines=N} chooses how many.
 */
class RealInputClusterTest {
    private static final int LINES = Integer.getInteger("hightower.lines", 12_000);

    @TempDir
    private Path directory;

    private Path list;

    @BeforeEach
    void listFiles() throws IOException {
        list = directory.resolve("files.tsv");
        FileList.write(Path.of("/usr"), LINES, list);
    }

    @Test
    void comesOutOfOneServerAsItWentIn() {
        try (ServerProcess server = server().start()) {
            CommandProcess imported = importInto(server.restUrl());
            assertThat(imported.exitCode()).as(imported.errorText()).isZero();
            assertExportEqualsInput(server.restUrl());
            assertThat(server.terminate()).isZero();
        }
    }

    @Test
    void survivesTheServerBeingKilledInTheMiddleOfTheImport() {
        try (ServerProcess server = server().start()) {
            CommandProcess importing = startImport(server.restUrl());
            awaitKeys(server.restUrl(), LINES / 4);
            server.kill();
            server.start();
            assertThat(importing.awaitEnd()).as(importing.errorText()).isZero();
            assertExportEqualsInput(server.restUrl());
        }
    }

    @Test
    void resumesAnImportThatWasKilledTogetherWithItsServer() {
        try (ServerProcess server = server().start()) {
            CommandProcess importing = startImport(server.restUrl());
            awaitKeys(server.restUrl(), LINES / 4);
            await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(resumeFile()));
            importing.kill();
            server.kill();
            server.start();
            CommandProcess resumed = importInto(server.restUrl());
            assertThat(resumed.exitCode()).as(resumed.errorText()).isZero();
            assertThat(resumeFile()).doesNotExist();
            assertExportEqualsInput(server.restUrl());
        }
    }

    @Test
    void survivesTheLeaderAndThenEachMemberOfAClusterBeingKilled() {
        try (ProcessCluster cluster = ProcessCluster.in(directory, List.of()).start()) {
            String endpoints = cluster.endpoints();
            CommandProcess importing = startImport(endpoints);
            ServerProcess leader = leader(cluster);
            awaitKeys(leader.restUrl(), LINES / 10);
            leader.kill();
            leader.start();
            for (ServerProcess member : cluster.members()) {
                leader(cluster);
                member.kill();
                member.start();
            }
            assertThat(importing.awaitEnd()).as(importing.errorText()).isZero();
            for (ServerProcess member : cluster.members()) {
                assertExportEqualsInput(member.restUrl());
            }
            assertEqualStates(cluster);
        }
    }

    static void assertEqualStates(ProcessCluster cluster) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Set<String> hashes = new HashSet<>();
            for (ServerProcess member : cluster.members()) {
                hashes.add(
                        StatusProbe.ask(member.restUrl()).map(Status::stateHash).orElse("no answer"));
            }
            assertThat(hashes).hasSize(1).doesNotContain("no answer");
        });
    }

    static ServerProcess leader(ProcessCluster cluster) {
        return await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> cluster.members().stream()
                                .filter(member -> StatusProbe.ask(member.restUrl())
                                        .filter(status -> status.role().equalsIgnoreCase("leader"))
                                        .isPresent())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static void awaitKeys(String restUrl, long keys) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> StatusProbe.ask(restUrl)
                        .filter(status -> status.keys() >= keys)
                        .isPresent());
    }

    private ServerProcess server() {
        int port = Ports.free(1).get(0);
        return ServerProcess.of(
                List.of("server", "--http-addr=127.0.0.1:" + port, "--data-dir=" + directory.resolve("data")),
                directory.resolve("server.log"));
    }

    private CommandProcess startImport(String endpoints) {
        return CommandProcess.start(directory, List.of("import", list.toString(), "--endpoints=" + endpoints));
    }

    private CommandProcess importInto(String endpoints) {
        CommandProcess importing = startImport(endpoints);
        importing.awaitEnd();
        return importing;
    }

    private Path resumeFile() {
        return list.resolveSibling(list.getFileName() + ".resume");
    }

    private void assertExportEqualsInput(String endpoint) {
        CommandProcess exported = CommandProcess.run(directory, List.of("export", "--endpoints=" + endpoint));
        assertThat(exported.exitCode()).as(exported.errorText()).isZero();
        assertThat(FileList.sortedLines(exported.output())).isEqualTo(FileList.sortedLines(list));
    }
}
