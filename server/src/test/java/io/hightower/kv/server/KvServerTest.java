package io.hightower.kv.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.client.RestClient;
import io.hightower.kv.server.listen.ListenAddress;
import io.hightower.kv.server.listen.ListenException;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.DirectoryInUseException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvServerTest {
    private static final Bytes KEY = Bytes.utf8("key");

    @TempDir
    private Path directory;

    private ServerOptions options() {
        return ServerOptions.at(directory).withRest(ListenAddress.parse("127.0.0.1:0"));
    }

    private static URI uri(KvServer server) {
        return URI.create(server.restAddress().url());
    }

    @Test
    void keepsWhatWasWrittenAcrossARestart() {
        try (KvServer server = KvServer.start(options());
                RestClient client = RestClient.open(uri(server))) {
            client.put(KEY, Bytes.utf8("value"));
        }

        try (KvServer server = KvServer.start(options());
                RestClient client = RestClient.open(uri(server))) {
            assertThat(client.get(KEY)).contains(Bytes.utf8("value"));
            assertThat(client.status(uri(server)).revision())
                    .isEqualTo(server.engine().readWith(view -> view.revision()));
        }
    }

    @Test
    void letsGoOfTheDirectoryWhenItCannotListen() {
        try (KvServer server = KvServer.start(options())) {
            ServerOptions other = ServerOptions.at(directory.resolve("other")).withRest(server.restAddress());
            assertThatThrownBy(() -> KvServer.start(other)).isInstanceOf(ListenException.class);

            KvServer.start(other.withRest(ListenAddress.parse("127.0.0.1:0"))).close();
        }
    }

    @Test
    void refusesADirectoryThatIsInUse() {
        try (KvServer server = KvServer.start(options())) {
            assertThatThrownBy(() -> KvServer.start(options()))
                    .isInstanceOf(DirectoryInUseException.class)
                    .hasMessageContaining(directory.toString());
            assertThat(server.engine().status().problem()).isEmpty();
        }
    }

    @Test
    void closesTwice() {
        KvServer server = KvServer.start(options());

        server.close();
        server.close();
    }

    @Test
    void refusesAGraceOutOfBounds() {
        assertThatThrownBy(() -> options().withShutdownGrace(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shutdownGrace");
    }
}
