package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.engine.ClusterOptions.Addresses;
import io.hightower.kv.engine.ClusterOptions.InitialState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.api.LocalEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member starts at another address with its directory, whatever the list of founders says. */
class MovedMemberTest {
    @TempDir
    private Path directory;

    private static String freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    @Test
    void theListOfFoundersIsOfNoAccountInADirectoryThatWasUsed() throws IOException {
        String before = freeAddress();
        String after = freeAddress();
        ClusterOptions founder = ClusterOptions.of("n1", Map.of("n1", before));
        ClusterOptions moved = founder.withPlace(new Addresses(after, after), InitialState.NEW);
        Options options = Options.at(directory);

        assertThatThrownBy(() -> Hightower.open(options.withCluster(moved)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not in initialCluster with its address: name=n1 address=" + after);
        try (LocalEngine engine = Hightower.open(options.withCluster(founder))) {
            engine.put(Bytes.utf8("key"), Bytes.utf8("value"));
            engine.membership().updateAddress(engine.membership().list().answeredBy(), after);
        }
        try (LocalEngine engine = Hightower.open(options.withCluster(moved))) {
            assertThat(engine.get(Bytes.utf8("key"))).isPresent();
            assertThat(engine.membership().list().members())
                    .singleElement()
                    .satisfies(only -> assertThat(only.peerAddress()).isEqualTo(after));
        }
    }
}
