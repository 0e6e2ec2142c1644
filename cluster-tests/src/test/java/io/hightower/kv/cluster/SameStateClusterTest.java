package io.hightower.kv.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cluster.process.Ports;
import io.hightower.kv.cluster.process.ProcessCluster;
import io.hightower.kv.cluster.process.ServerProcess;
import io.hightower.kv.cluster.process.StatusProbe;
import io.hightower.kv.engine.Hightower;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.StateSnapshot;
import io.hightower.kv.statemachine.state.StateHash;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same commands make the same state, embedded, on one server and on every member of a cluster. */
class SameStateClusterTest {
    private static final long SEED = 42;
    private static final int COMMANDS = 300;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    /** A put, or a delete where there is no value. */
    private record Change(Bytes key, Bytes value, boolean deletes) {}

    @Test
    void theStateHashIsEqualEverywhereAfterTheSameCommands() throws IOException, InterruptedException {
        List<Change> changes = changes();
        String embedded = embedded(changes);
        try (ServerProcess server = server().start();
                ProcessCluster cluster = ProcessCluster.in(directory, List.of()).start()) {
            for (int i = 0; i < changes.size(); i++) {
                send(server.restUrl(), changes.get(i));
                // Any member takes commands.
                send(cluster.members().get(i % 3).restUrl(), changes.get(i));
            }
            assertThat(StatusProbe.ask(server.restUrl()).orElseThrow().stateHash())
                    .isEqualTo(embedded);
            RealInputClusterTest.assertEqualStates(cluster);
            for (ServerProcess member : cluster.members()) {
                assertThat(StatusProbe.ask(member.restUrl()).orElseThrow().stateHash())
                        .isEqualTo(embedded);
            }
        }
    }

    private static List<Change> changes() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            byte[] key = {(byte) random.nextInt(40), (byte) 0xff, ':'};
            byte[] value = new byte[random.nextInt(200)];
            random.nextBytes(value);
            changes.add(new Change(Bytes.wrap(key), Bytes.wrap(value), random.nextInt(4) == 0));
        }
        return changes;
    }

    private static String embedded(List<Change> changes) {
        try (LocalEngine store = Hightower.inMemory()) {
            for (Change change : changes) {
                if (change.deletes()) {
                    store.delete(change.key());
                } else {
                    store.put(change.key(), change.value());
                }
            }
            assertThat(store.get(Bytes.utf8("absent"))).isEmpty();
            try (StateSnapshot snapshot = store.snapshotState()) {
                return StateHash.toText(snapshot.stateHash());
            }
        }
    }

    private void send(String restUrl, Change change) throws IOException, InterruptedException {
        String key = Base64.getUrlEncoder().encodeToString(change.key().toByteArray());
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(restUrl + "/v1/kv/" + key));
        if (change.deletes()) {
            request.DELETE();
        } else {
            String value = Base64.getEncoder().encodeToString(change.value().toByteArray());
            request.header("Content-Type", "application/json")
                    .PUT(HttpRequest.BodyPublishers.ofString("{\"value\":\"" + value + "\"}"));
        }
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 204);
    }

    private ServerProcess server() {
        return ServerProcess.of(
                List.of(
                        "server",
                        "--http-addr=127.0.0.1:" + Ports.free(1).get(0),
                        "--data-dir=" + directory.resolve("alone")),
                directory.resolve("alone.log"));
    }
}
