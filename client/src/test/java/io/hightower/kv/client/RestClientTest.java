package io.hightower.kv.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The client against servers that are not as they should be. */
class RestClientTest {
    private static final Bytes KEY = Bytes.utf8("key");
    private static final String STORED = OddServer.answer(200, "{\"key\":\"a2V5\",\"value\":\"dg==\"}");
    private static final String ABSENT =
            OddServer.answer(404, "{\"message\":\"The key is absent\",\"code\":\"key_not_found\"}");

    private static RestClient client(URI... endpoints) {
        return RestClient.open(RestClientOptions.to(List.of(endpoints)).withDeadline(Duration.ofSeconds(2)));
    }

    @Test
    void knowsThatNothingHappenedWhenNobodyListens() {
        try (RestClient client = client(OddServer.nobody())) {
            assertThatThrownBy(() -> client.put(KEY, KEY))
                    .isInstanceOfSatisfying(NotReplicatedException.class, e -> assertThat(e.reason())
                            .isEqualTo(Reason.NO_LEADER));
            assertThatThrownBy(() -> client.delete(KEY)).isInstanceOf(NotReplicatedException.class);
            assertThatThrownBy(() -> client.get(KEY)).isInstanceOf(ReadUnavailableException.class);
            assertThatThrownBy(() -> client.status(OddServer.nobody())).isInstanceOf(ReadUnavailableException.class);
        }
    }

    @Test
    void cannotTellAfterTheConnectionIsLost() {
        try (OddServer server = OddServer.doing(OddServer.HANG_UP);
                RestClient client = client(server.uri())) {
            assertThatThrownBy(() -> client.put(KEY, KEY)).isInstanceOf(OutcomeUnknownException.class);
            assertThatThrownBy(() -> client.delete(KEY)).isInstanceOf(OutcomeUnknownException.class);
            assertThat(server.requests()).isEqualTo(2);
            assertThatThrownBy(() -> client.get(KEY)).isInstanceOf(ReadUnavailableException.class);
        }
    }

    @Test
    void cannotTellAfterTheAnswerIsCutShort() {
        try (OddServer server = OddServer.doing("HTTP/1.1 200 Odd\r\nContent-Length: 100\r\n\r\n{\"key\"");
                RestClient client = client(server.uri())) {
            assertThatThrownBy(() -> client.put(KEY, KEY)).isInstanceOf(OutcomeUnknownException.class);
            assertThatThrownBy(() -> client.get(KEY)).isInstanceOf(ReadUnavailableException.class);
        }
    }

    @Test
    void cannotTellAfterTheDeadline() {
        try (OddServer server = OddServer.doing();
                RestClient client = RestClient.open(
                        RestClientOptions.to(List.of(server.uri())).withDeadline(Duration.ofMillis(100)))) {
            assertThatThrownBy(() -> client.put(KEY, KEY))
                    .isInstanceOf(OutcomeUnknownException.class)
                    .hasMessageContaining("deadline=PT0.1S");
            assertThatThrownBy(() -> client.get(KEY)).isInstanceOf(ReadUnavailableException.class);
        }
    }

    @Test
    void goesOnToTheNextEndpointWhenOneCannotBeReached() {
        try (OddServer server = OddServer.doing(STORED);
                RestClient client = client(OddServer.nobody(), OddServer.nobody(), server.uri())) {
            client.put(KEY, KEY);
            assertThat(client.get(KEY)).contains(Bytes.utf8("v"));
            assertThat(server.requests()).isEqualTo(2);
        }
    }

    @Test
    void leavesAnEndpointThatFailed() {
        try (OddServer failing =
                        OddServer.doing(OddServer.answer(503, "{\"message\":\"none\",\"code\":\"no_leader\"}"));
                OddServer working = OddServer.doing(ABSENT);
                RestClient client = client(failing.uri(), working.uri())) {
            assertThatThrownBy(() -> client.put(KEY, KEY)).isInstanceOf(NotReplicatedException.class);
            assertThat(client.get(KEY)).isEmpty();
            assertThat(working.requests()).isEqualTo(1);
        }
    }

    @Test
    void doesNotSendAWriteTwice() {
        try (OddServer losing = OddServer.doing(OddServer.HANG_UP);
                OddServer working = OddServer.doing(STORED);
                RestClient client = client(losing.uri(), working.uri())) {
            assertThatThrownBy(() -> client.put(KEY, KEY)).isInstanceOf(OutcomeUnknownException.class);
            assertThat(working.requests()).isZero();
        }
    }

    @Test
    void takesNoAnswerOfAnotherProgramForAnAbsentKey() {
        try (OddServer server = OddServer.doing(OddServer.answer(404, "{\"error\":\"no such page\"}"));
                RestClient client = client(server.uri())) {
            assertThatThrownBy(() -> client.get(KEY)).isInstanceOf(UnexpectedAnswerException.class);
            assertThatThrownBy(() -> client.put(KEY, KEY)).isInstanceOf(UnexpectedAnswerException.class);
        }
    }

    @Test
    void refusesAnswersThatItDoesNotUnderstand() {
        for (String body : new String[] {"", "null", "[1]", "{}", "{\"value\":7}", "{\"value\":\"*\"}", "<html>"}) {
            try (OddServer server = OddServer.doing(OddServer.answer(200, body));
                    RestClient client = client(server.uri())) {
                assertThatThrownBy(() -> client.get(KEY)).as(body).isInstanceOf(UnexpectedAnswerException.class);
            }
        }
        for (String body : new String[] {"", "{}", "[", "[{\"key\":\"YQ==\"}]", "[{\"key\":\"*\",\"value\":\"\"}]"}) {
            try (OddServer server = OddServer.doing(OddServer.answer(200, body));
                    RestClient client = client(server.uri())) {
                assertThatThrownBy(() -> client.scan(KeyRange.all(), 1).hasNext())
                        .as(body)
                        .isInstanceOf(UnexpectedAnswerException.class);
            }
        }
    }

    @Test
    void cannotTellAfterAProxyFailed() {
        try (OddServer server = OddServer.doing(OddServer.answer(502, "<html>"));
                RestClient client = client(server.uri())) {
            assertThatThrownBy(() -> client.put(KEY, KEY)).isInstanceOf(OutcomeUnknownException.class);
            assertThatThrownBy(() -> client.get(KEY)).isInstanceOf(ReadUnavailableException.class);
        }
    }

    @Test
    void ignoresUnknownFields() {
        String found = "[{\"lease\":{\"id\":[1]},\"key\":\"YQ==\",\"value\":\"Yg==\",\"x\":1}]";
        try (OddServer server = OddServer.doing(OddServer.answer(200, found));
                RestClient client = client(server.uri())) {
            KeyRange range = KeyRange.of(Bytes.utf8("a"), Bytes.utf8("b"));

            assertThat(client.scan(range, 1).next()).isEqualTo(new KeyAndValue(Bytes.utf8("a"), Bytes.utf8("b")));
        }
    }

    @Test
    void stopsAScanThatFailsHalfway() {
        String page = OddServer.answer(200, "[{\"key\":\"YQ==\",\"value\":\"\"}]", "Hightower-Next-Key: Yg==\r\n");
        try (OddServer server = OddServer.doing(page, OddServer.HANG_UP);
                RestClient client = client(server.uri())) {
            var scan = client.scan(KeyRange.of(Bytes.utf8("a"), Bytes.utf8("z")), 1);

            assertThat(scan.next().key()).isEqualTo(Bytes.utf8("a"));
            assertThatThrownBy(scan::hasNext).isInstanceOf(ReadUnavailableException.class);
            assertThatThrownBy(scan::next).isInstanceOf(ReadUnavailableException.class);
        }
    }

    @Test
    void refusesEndpointsOfAnotherForm() {
        for (String endpoint : new String[] {"localhost:8080", "ftp://a:1", "http://a:1/path", "http://a:1?x=1", "/"}) {
            assertThatThrownBy(() -> RestClientOptions.to(List.of(URI.create(endpoint))))
                    .as(endpoint)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> RestClientOptions.to(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThat(RestClientOptions.to(List.of(URI.create("http://[::1]:80/"))).endpoints())
                .containsExactly(URI.create("http://[::1]:80"));
    }
}
