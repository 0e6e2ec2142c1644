package io.hightower.kv.server.rest;

import static io.hightower.kv.server.rest.RawConnection.head;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SlowReaderTest {
    private static final int VALUE_BYTES = 1024 * 1024;
    private static final String SCAN = "/v1/kv?fromKey=YQ==&endKey=eg==";
    private static final String PAGE = SCAN + "&limit=100";

    private static final RestLimits LIMITS = RestLimits.defaults();
    private static final RestLimits IMPATIENT = LIMITS.withSlowness(Duration.ofMillis(200), 1 << 30);

    private final ScriptedEngine engine = new ScriptedEngine();

    private ServedEngine serve(int values, RestLimits limits) {
        for (int i = 0; i < values; i++) {
            engine.put(Bytes.utf8("key-" + i), Bytes.wrap(new byte[VALUE_BYTES]));
        }
        return ServedEngine.of(engine, limits);
    }

    private static String value(String key) {
        return "/v1/kv/" + ServedEngine.base64(key);
    }

    /** A page and a little more; the next page has to wait until this one has left. */
    private static RestLimits onePage() {
        return LIMITS.withAnswersBytesMax(6L * VALUE_BYTES);
    }

    @Test
    void refusesPagesThatHaveNoRoomBesideThoseThatNobodyTakes() {
        try (ServedEngine served = serve(4, onePage())) {
            try (RawConnection slow = served.connect()) {
                // The buffers of the two sockets take some pages, then one waits for its client.
                Awaitility.await().until(() -> {
                    slow.send(head("GET " + PAGE));
                    return served.get(PAGE).statusCode() == 429
                            && served.get(value("key-1")).statusCode() == 429;
                });
                assertThat(served.put("k", "v").statusCode()).isEqualTo(200);
                Awaitility.await().until(() -> served.get(value("k")).statusCode() == 200);
            }

            Awaitility.await().until(() -> served.get(PAGE).statusCode() == 200);
        }
    }

    @Test
    void answersAPageThatIsAloneHoweverSmallTheBudget() {
        try (ServedEngine served = serve(4, LIMITS.withAnswersBytesMax(1))) {
            assertThat(served.get(PAGE).statusCode()).isEqualTo(200);
            assertThat(served.get(PAGE).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void closesTheConnectionOfAClientThatDoesNotTakeItsPages() {
        try (ServedEngine served = serve(4, IMPATIENT.withAnswersBytesMax(64L * VALUE_BYTES));
                RawConnection slow = served.connect()) {
            // More pages than the buffers of the two sockets take.
            slow.send(head("GET " + PAGE).repeat(9));

            Awaitility.await().until(() -> served.counted("GET", "gone") > 0);
            assertThat(slow.isClosedByServer()).isTrue();
        }
    }

    @Test
    void closesTheConnectionOfAClientThatDoesNotTakeItsStream() {
        try (ServedEngine served = serve(32, IMPATIENT);
                RawConnection slow = served.connect()) {
            slow.send(head("GET " + SCAN));

            Awaitility.await().until(() -> served.counted("GET", "gone") == 1);
            assertThat(served.counted("GET", "200")).isZero();
            assertThat(slow.isClosedByServer()).isTrue();
        }
    }

    @Test
    void countsAStreamThatTheServerBreaksOff() {
        try (ServedEngine served = serve(4, LIMITS);
                RawConnection reader = served.connect()) {
            engine.breakReadsAfter(2);
            reader.send(head("GET " + SCAN));

            assertThat(reader.rest()).startsWith("HTTP/1.1 200 ").doesNotEndWith("\r\n0\r\n\r\n");
            Awaitility.await().until(() -> served.counted("GET", "broken") == 1);
            assertThat(served.counted("GET", "200")).isZero();
        }
    }

    @Test
    void answersWritesWhileScansKeepEveryReaderThread() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (ServedEngine served = serve(1, LIMITS)) {
            engine.holdReadersUntil(gate);
            List<RawConnection> slow = new ArrayList<>();
            for (int i = 0; i < 2 * Math.max(2, Runtime.getRuntime().availableProcessors()); i++) {
                slow.add(served.connect());
                slow.get(i).send(head("GET " + PAGE));
            }

            for (int i = 0; i < 20; i++) {
                assertThat(served.put("k" + i, "v").statusCode()).isEqualTo(200);
            }

            gate.complete(null);
            for (RawConnection connection : slow) {
                assertThat(connection.answer()).startsWith("HTTP/1.1 200 ");
                connection.close();
            }
        }
    }
}
