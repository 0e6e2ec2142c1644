package io.hightower.kv.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cluster.process.CommandProcess;
import io.hightower.kv.cluster.process.Ports;
import io.hightower.kv.cluster.process.ServerProcess;
import io.hightower.kv.engine.Hightower;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.api.LocalEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that cannot start says why in one line and ends with an exit code of its own. */
class BadStartClusterTest {
    @TempDir
    private Path directory;

    @Test
    void aPortInUseIsNamed() {
        try (ServerProcess server = server("first").start()) {
            String address = server.restUrl().replace("http://", "");
            CommandProcess second = run("--http-addr=" + address, "--data-dir=" + directory.resolve("second"));
            assertRefused(second, 3, address);
        }
    }

    @Test
    void aDirectoryInUseNamesItsHolder() {
        try (ServerProcess server = server("data").start()) {
            assertRefused(run("--http-addr=127.0.0.1:0", "--data-dir=" + directory.resolve("data")), 4, "in use");
            assertThat(server.isAlive()).isTrue();
        }
    }

    @Test
    void aDamagedManifestIsNamed() throws IOException {
        Path manifest = filled().resolve("MANIFEST");
        byte[] content = Files.readAllBytes(manifest);
        content[content.length / 2] ^= 1;
        Files.write(manifest, content);
        assertRefused(run("--http-addr=127.0.0.1:0", "--data-dir=" + manifest.getParent()), 5, "MANIFEST");
    }

    @Test
    void aForeignDirectoryIsNamed() throws IOException {
        Path data = Files.createDirectory(directory.resolve("photos"));
        Files.writeString(data.resolve("holiday.jpg"), "not a store");
        assertRefused(run("--http-addr=127.0.0.1:0", "--data-dir=" + data), 6, "holiday.jpg");
    }

    @Test
    void aWrongFlagIsNamed() {
        CommandProcess command = run("--htp-addr=127.0.0.1:0");
        assertThat(command.exitCode()).isEqualTo(2);
        assertThat(command.errorText()).contains("--htp-addr");
    }

    private static void assertRefused(CommandProcess command, int exitCode, String named) {
        assertThat(command.exitCode()).as(command.errorText()).isEqualTo(exitCode);
        assertThat(command.outputText()).isEmpty();
        List<String> complaints = command.errorText()
                .lines()
                .filter(line -> line.startsWith("hightower: "))
                .toList();
        assertThat(complaints).as(command.errorText()).hasSize(1);
        assertThat(complaints.get(0)).contains(named);
    }

    private Path filled() {
        Path data = directory.resolve("filled");
        try (LocalEngine store = Hightower.open(data)) {
            for (int i = 0; i < 20; i++) {
                store.put(Bytes.utf8("key" + i), Bytes.utf8("value"));
            }
            store.runCompactionNow();
        }
        return data;
    }

    private CommandProcess run(String... flags) {
        List<String> arguments =
                Stream.concat(Stream.of("server"), Stream.of(flags)).toList();
        return CommandProcess.run(directory, arguments);
    }

    private ServerProcess server(String name) {
        return ServerProcess.of(
                List.of(
                        "server",
                        "--http-addr=127.0.0.1:" + Ports.free(1).get(0),
                        "--data-dir=" + directory.resolve(name)),
                directory.resolve(name + ".log"));
    }
}
