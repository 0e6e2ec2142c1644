package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.LocalEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LostLogTest {
    @TempDir
    private Path directory;

    @Test
    void aMemberThatLostItsLogIsNotTakenForANewOne() throws IOException {
        Options member = Options.at(directory).withCluster(ClusterOptions.of("a", Map.of("a", "127.0.0.1:" + port())));
        try (LocalEngine engine = Hightower.open(member)) {
            engine.put(Bytes.utf8("k"), Bytes.utf8("v"));
        }
        try (LocalEngine engine = Hightower.open(member)) {
            assertThat(engine.get(Bytes.utf8("k"))).hasValue(Bytes.utf8("v"));
        }
        delete(directory.resolve("raft"));

        assertThatThrownBy(() -> Hightower.open(member)).isInstanceOf(StorageException.class);
    }

    private static void delete(Path folder) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(folder)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }

    private static int port() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
