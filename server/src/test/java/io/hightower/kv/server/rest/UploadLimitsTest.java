package io.hightower.kv.server.rest;

import static io.hightower.kv.server.rest.RawConnection.head;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class UploadLimitsTest {
    private static final RestLimits LIMITS = RestLimits.defaults();
    private static final RestLimits IMPATIENT = LIMITS.withSlowness(Duration.ofMillis(100), 1 << 30);

    /** Returns a request that stores an empty value, with a body of so many bytes. */
    private static String put(String key, int bodyBytes) {
        String body = "{\"value\":\"\"" + " ".repeat(bodyBytes - 12) + "}";
        return head("PUT /v1/kv/" + ServedEngine.base64(key), "Content-Length: " + bodyBytes) + body;
    }

    @Test
    void refusesBodiesThatHaveNoRoomBesideThoseInWork() {
        ScriptedEngine engine = new ScriptedEngine();
        CompletableFuture<Void> gate = new CompletableFuture<>();
        engine.holdWritesUntil(gate);
        try (ServedEngine served = ServedEngine.of(engine, LIMITS.withBodiesBytesMax(1000));
                RawConnection first = served.connect();
                RawConnection second = served.connect();
                RawConnection third = served.connect()) {
            first.send(put("a", 600));
            Awaitility.await().until(() -> engine.len() == 1);
            third.send(put("c", 401));
            assertThat(third.answer()).startsWith("HTTP/1.1 429 ").contains("Retry-After: 1", "\"overloaded\"");
            second.send(put("b", 400));
            Awaitility.await().until(() -> engine.len() == 2);
            third.send(put("c", 12));
            assertThat(third.answer()).startsWith("HTTP/1.1 429 ");
            assertThat(engine.len()).isEqualTo(2);

            gate.complete(null);

            assertThat(first.answer()).startsWith("HTTP/1.1 200 ");
            assertThat(second.answer()).startsWith("HTTP/1.1 200 ");
            third.send(put("c", 1000));
            assertThat(third.answer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void takesABodyThatIsAloneHoweverSmallTheBudget() {
        try (ServedEngine served = ServedEngine.of(new ScriptedEngine(), LIMITS.withBodiesBytesMax(1))) {
            assertThat(served.put("a", "b").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void countsAnUploadThatBreaksOffAsLeftByTheClient() {
        try (ServedEngine served = ServedEngine.empty()) {
            try (RawConnection leaving = served.connect()) {
                leaving.send(head("PUT /v1/kv/YQ==", "Content-Length: 100") + "{\"value\"");
                Awaitility.await().until(() -> served.connections() == 1);
            }

            Awaitility.await().until(() -> served.counted("PUT", "gone") == 1);
            assertThat(served.counted("PUT", "500")).isZero();
            assertThat(served.put("a", "b").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void givesTheRoomOfABrokenUploadBack() {
        try (ServedEngine served = ServedEngine.of(new ScriptedEngine(), LIMITS.withBodiesBytesMax(100))) {
            for (int i = 1; i <= 3; i++) {
                try (RawConnection leaving = served.connect()) {
                    leaving.send(head("PUT /v1/kv/YQ==", "Content-Length: 100") + " ".repeat(80));
                }
                int left = i;
                Awaitility.await().until(() -> served.counted("PUT", "gone") == left);
            }
            try (RawConnection first = served.connect()) {
                first.send(put("a", 100));
                assertThat(first.answer()).startsWith("HTTP/1.1 200 ");
            }
        }
    }

    @Test
    void endsAStalledUploadWithAnAnswer() {
        try (ServedEngine served = ServedEngine.of(new ScriptedEngine(), IMPATIENT);
                RawConnection stalled = served.connect()) {
            stalled.send(head("PUT /v1/kv/YQ==", "Content-Length: 100") + "{\"value\"");

            assertThat(stalled.answer()).startsWith("HTTP/1.1 408 ").contains("Connection: close", "\"too_slow\"");
            assertThat(stalled.isClosedByServer()).isTrue();
            assertThat(served.engine().len()).isZero();
        }
    }

    @Test
    void closesTheConnectionOfARefusedBodyThatGoesOn() {
        try (ServedEngine served = ServedEngine.of(new ScriptedEngine(), IMPATIENT)) {
            for (String refused : new String[] {"PUT /v1/kv/YQ==", "PUT /v1/kv/x", "GET /health", "POST /nowhere"}) {
                try (RawConnection endless = served.connect()) {
                    endless.send(head(refused, "Content-Length: 99999999") + "{");

                    assertThat(endless.answer()).as(refused).startsWith("HTTP/1.1 ");
                    assertThat(endless.isClosedByServer()).as(refused).isTrue();
                }
            }
        }
    }

    @Test
    void closesTheConnectionOfARefusedBodyThatWasNotAskedFor() {
        try (ServedEngine served = ServedEngine.empty();
                RawConnection careful = served.connect()) {
            careful.send(head("PUT /v1/kv/x", "Content-Length: 16", "Expect: 100-continue"));

            assertThat(careful.answer()).startsWith("HTTP/1.1 400 ").contains("Connection: close");
            assertThat(careful.isClosedByServer()).isTrue();
        }
    }

    @Test
    void closesConnectionsBeyondTheMost() {
        try (ServedEngine served = ServedEngine.of(new ScriptedEngine(), LIMITS.withConnectionsMax(2));
                RawConnection first = served.connect()) {
            try (RawConnection second = served.connect()) {
                Awaitility.await().until(() -> served.connections() == 2);
                try (RawConnection third = served.connect()) {
                    assertThat(third.isClosedByServer()).isTrue();
                }
                second.send(head("GET /health"));
                assertThat(second.answer()).startsWith("HTTP/1.1 200 ");
            }

            Awaitility.await().until(() -> served.connections() == 1);
            assertThat(served.get("/health").statusCode()).isEqualTo(200);
            first.send(head("GET /health"));
            assertThat(first.answer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void refusesWritesThatWaitedTooLongForTheirTurn() {
        ScriptedEngine engine = new ScriptedEngine();
        try (ServedEngine served = ServedEngine.of(engine, LIMITS.withHandOverMax(Duration.ZERO))) {
            assertThat(served.put("a", "b").statusCode()).isEqualTo(429);
            assertThat(served.send("DELETE", "/v1/kv/YQ==", "").statusCode()).isEqualTo(429);
            assertThat(engine.len()).isZero();
        }
    }

    @Test
    void dropsWritesWhoseClientsLeftBeforeTheirTurn() {
        ScriptedEngine engine = new ScriptedEngine();
        CompletableFuture<Void> entrance = new CompletableFuture<>();
        engine.holdHandOverUntil(entrance);
        try (ServedEngine served = ServedEngine.of(engine);
                RawConnection first = served.connect();
                RawConnection second = served.connect()) {
            first.send(put("a", 12));
            second.send(put("b", 12));
            Awaitility.await().until(() -> writersInTheEngine() == 2);
            try (RawConnection leaving = served.connect()) {
                leaving.send(put("c", 12));
                Awaitility.await().until(() -> served.connections() == 3);
            }
            Awaitility.await().until(() -> served.connections() == 2);

            entrance.complete(null);

            Awaitility.await().until(() -> served.counted("PUT", "gone") == 1);
            assertThat(first.answer()).startsWith("HTTP/1.1 200 ");
            assertThat(second.answer()).startsWith("HTTP/1.1 200 ");
            assertThat(engine.len()).isEqualTo(2);
        }
    }

    private static long writersInTheEngine() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().startsWith("rest-write"))
                .filter(thread -> Arrays.stream(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().equals(ScriptedEngine.class.getName())))
                .count();
    }
}
