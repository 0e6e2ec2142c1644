package io.hightower.kv.server.rest;

import static io.hightower.kv.server.rest.RawConnection.head;
import static io.hightower.kv.server.rest.ServedEngine.base64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.engine.Hightower;
import io.hightower.kv.server.listen.ListenAddress;
import io.hightower.kv.server.listen.ListenException;
import io.hightower.kv.server.metrics.ServerMetrics;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RestServerTest {
    private static final String PUT = head("PUT /v1/kv/YQ==", "Content-Length: 16") + "{\"value\":\"YQ==\"}";

    private static void assertCannotListen(String address, String cause) {
        Vertx vertx = Vertx.vertx();
        try (LocalEngine engine = Hightower.inMemory();
                ServerMetrics metrics = new ServerMetrics()) {
            RestOptions options =
                    new RestOptions(ListenAddress.parse(address), Limits.REQUEST_BYTES_DEFAULT, Duration.ofSeconds(1));

            assertThatThrownBy(() -> RestServer.start(vertx, engine, options, metrics))
                    .isInstanceOf(ListenException.class)
                    .hasMessageContaining(address)
                    .hasMessageContaining(cause);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void namesThePortThatIsInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertCannotListen("127.0.0.1:" + taken.getLocalPort(), "Address already in use");
        }
    }

    @Test
    void namesTheAddressOfAnotherMachine() {
        assertCannotListen("192.0.2.1:8080", "Cannot assign requested address");
    }

    @Test
    void finishesRequestsInFlightAndDropsIdleConnections() {
        ScriptedEngine engine = new ScriptedEngine();
        CompletableFuture<Void> gate = new CompletableFuture<>();
        engine.holdWritesUntil(gate);
        ExecutorService closer = Executors.newSingleThreadExecutor();
        try (ServedEngine served = ServedEngine.of(engine);
                RawConnection idle = served.connect();
                RawConnection busy = served.connect()) {
            idle.send(head("GET /health"));
            assertThat(idle.answer()).startsWith("HTTP/1.1 200 ");
            busy.send(PUT);
            Awaitility.await().until(() -> engine.len() == 1);

            CompletableFuture<Void> closed = CompletableFuture.runAsync(served.server()::close, closer);

            assertThat(idle.isClosedByServer()).isTrue();
            Awaitility.await().until(() -> refusesConnections(served.port()));
            assertThat(closed).isNotDone();
            gate.complete(null);
            assertThat(busy.answer()).startsWith("HTTP/1.1 200 ");
            assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
        } finally {
            closer.shutdown();
        }
    }

    @Test
    void waitsForRequestsInFlightNoLongerThanTheGrace() {
        ScriptedEngine engine = new ScriptedEngine();
        engine.holdWritesUntil(new CompletableFuture<>());
        try (ServedEngine served = ServedEngine.of(engine, Duration.ofMillis(100));
                RawConnection busy = served.connect()) {
            busy.send(PUT);
            Awaitility.await().until(() -> engine.len() == 1);

            served.server().close();

            assertThat(busy.isClosedByServer()).isTrue();
        }
    }

    @Test
    void doesNotWaitForAClientThatDoesNotRead() {
        try (ServedEngine served = ServedEngine.of(new ScriptedEngine(), Duration.ofMillis(100));
                RawConnection stalled = served.connect()) {
            for (int i = 0; i < 64; i++) {
                served.engine().put(Bytes.utf8("key-" + i), Bytes.wrap(new byte[1024 * 1024]));
            }
            stalled.send(head("GET /v1/kv?fromKey=YQ==&endKey=eg=="));
            Awaitility.await().until(() -> streamWaits());

            assertThat(CompletableFuture.runAsync(served.server()::close)).succeedsWithin(Duration.ofSeconds(15));
        }
    }

    @Test
    void closesTwice() {
        try (ServedEngine served = ServedEngine.empty()) {
            served.server().close();
            served.server().close();
        }
    }

    @Test
    void readsOnlyAsMuchAsASlowClientTakes() {
        ScriptedEngine engine = new ScriptedEngine();
        try (ServedEngine served = ServedEngine.of(engine);
                RawConnection slow = served.connect()) {
            for (int i = 0; i < 1_000; i++) {
                engine.put(Bytes.utf8("key-" + i), Bytes.wrap(new byte[64 * 1024]));
            }
            slow.send(head("GET /v1/kv?fromKey=YQ==&endKey=eg==", "Connection: close"));
            slow.awaitFirstByte();

            // The buffers of the two sockets take a few megabytes, then the stream waits for its client.
            Awaitility.await().until(() -> streamWaits());
            assertThat(engine.keysRead()).isLessThan(400);
            for (int i = 0; i < 50; i++) {
                assertThat(served.get("/v1/kv/" + base64("key-1")).statusCode()).isEqualTo(200);
            }

            assertThat(slow.rest().split("\"key\"", -1)).hasSize(1_000 + 1);
            assertThat(engine.keysRead()).isEqualTo(1_000);
        }
    }

    @Test
    void endsTheStreamOfAClientThatLeaves() {
        try (ServedEngine served = ServedEngine.empty()) {
            byte[] value = new byte[1024 * 1024];
            for (int i = 0; i < 32; i++) {
                served.engine().put(Bytes.utf8("key-" + i), Bytes.wrap(value));
            }
            try (RawConnection leaving = served.connect()) {
                leaving.send(head("GET /v1/kv?fromKey=YQ==&endKey=eg=="));
                leaving.awaitFirstByte();
                Awaitility.await().until(() -> streamWaits());
            }

            Awaitility.await().until(() -> !streamWaits());
        }
    }

    @Test
    void refusesStreamsBeyondTheMost() {
        try (ServedEngine served = ServedEngine.empty()) {
            for (int i = 0; i < 32; i++) {
                served.engine().put(Bytes.utf8("key-" + i), Bytes.wrap(new byte[1024 * 1024]));
            }
            String scan = "/v1/kv?fromKey=YQ==&endKey=eg==";
            RawConnection[] slow = new RawConnection[RestThreads.STREAMS_MAX];
            for (int i = 0; i < slow.length; i++) {
                slow[i] = served.connect();
                slow[i].send(head("GET " + scan));
                slow[i].awaitFirstByte();
            }

            assertThat(served.get(scan).statusCode()).isEqualTo(429);
            assertThat(served.get(scan + "&limit=1").statusCode()).isEqualTo(200);
            for (RawConnection connection : slow) {
                connection.close();
            }
            Awaitility.await().until(() -> served.get(scan).statusCode() == 200);
        }
    }

    private static boolean refusesConnections(int port) throws IOException {
        try (Socket connected = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !connected.isConnected();
        } catch (ConnectException e) {
            return true;
        }
    }

    private static boolean streamWaits() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().startsWith("rest-scan"))
                .anyMatch(thread -> thread.getKey().getState() == Thread.State.TIMED_WAITING
                        && Arrays.stream(thread.getValue())
                                .anyMatch(frame -> frame.getClassName().equals(AnswerStream.class.getName())));
    }
}
