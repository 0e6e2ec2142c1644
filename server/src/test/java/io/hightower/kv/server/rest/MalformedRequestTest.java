package io.hightower.kv.server.rest;

import static io.hightower.kv.server.rest.RawConnection.head;
import static io.hightower.kv.server.rest.ServedEngine.base64;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MalformedRequestTest {
    private final ServedEngine served = ServedEngine.empty();

    @AfterEach
    void close() {
        served.close();
    }

    private static void assertError(String body, String code) {
        try {
            JsonNode error = new JsonMapper().readTree(body);
            assertThat(error.get("code").textValue()).isEqualTo(code);
            assertThat(error.get("message").textValue()).isNotBlank();
        } catch (IOException e) {
            throw new AssertionError("The error is no JSON: " + body, e);
        }
    }

    private static void assertError(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertError(answer.body(), code);
    }

    private void assertRawError(String request, String status, String code) {
        try (RawConnection connection = served.connect()) {
            connection.send(request);
            String answer = connection.answer();

            assertThat(answer).startsWith(status).containsIgnoringCase("content-type: application/json");
            assertError(answer.substring(answer.indexOf("\r\n\r\n") + 4), code);
        }
    }

    @Test
    void refusesMalformedKeys() {
        for (String method : new String[] {"GET", "PUT", "DELETE"}) {
            for (String key : new String[] {"not-base64", "YQ", "YQ=", "YR==", "a%20b=", "%2B_%2B_", "YQ==%0A"}) {
                assertError(served.send(method, "/v1/kv/" + key, "{\"value\":\"\"}"), 400, "invalid_key");
            }
        }
    }

    @Test
    void refusesTheEmptyKey() {
        assertError(served.get("/v1/kv/"), 400, "invalid_argument");
    }

    @Test
    void refusesMalformedBodies() {
        String target = "/v1/kv/" + base64("k");

        assertError(served.send("PUT", target, ""), 400, "invalid_body");
        assertError(served.send("PUT", target, "{}"), 400, "invalid_body");
        assertError(served.send("PUT", target, "hello"), 400, "invalid_body");
        assertError(served.send("PUT", target, "{\"value\":7}"), 400, "invalid_body");
        assertError(served.send("PUT", target, "{\"value\":\"not-base64\"}"), 400, "invalid_value");
        assertThat(served.engine().len()).isZero();
    }

    @Test
    void answersUnknownPaths() {
        for (String path : new String[] {
            "/",
            "/v1",
            "/v2/kv/YQ==",
            "/v1/kv/YQ==/x",
            "/v1/kv/a/b=",
            "/v1//kv/YQ==",
            "/v1/../v1/kv/YQ==",
            "/v1/KV/YQ==",
            "/health/",
            "//health",
            "/v1/kv%2FYQ=="
        }) {
            assertError(served.get(path), 404, "unknown_path");
        }
    }

    @Test
    void answersWrongMethodsWithThoseThatArePossible() {
        HttpResponse<String> post = served.send("POST", "/v1/kv/YQ==", "{}");
        assertError(post, 405, "method_not_allowed");
        assertThat(post.headers().firstValue("Allow")).contains("DELETE, GET, HEAD, PUT");

        HttpResponse<String> put = served.send("PUT", "/v1/kv", "{}");
        assertError(put, 405, "method_not_allowed");
        assertThat(put.headers().firstValue("Allow")).contains("GET");

        HttpResponse<String> delete = served.send("DELETE", "/health", "");
        assertError(delete, 405, "method_not_allowed");
        assertThat(delete.headers().firstValue("Allow")).contains("GET, HEAD");

        assertError(served.send("BREW", "/metrics", ""), 405, "method_not_allowed");
        assertError(served.send("OPTIONS", "/v1/status", ""), 405, "method_not_allowed");
    }

    @Test
    void refusesBrokenPercentSigns() {
        assertRawError(head("GET /v1/kv/%zz"), "HTTP/1.1 400 ", "invalid_key");
        assertRawError(head("GET /v1/kv/YQ=%"), "HTTP/1.1 400 ", "invalid_key");
    }

    @Test
    void refusesLongRequestLines() {
        String target = "/v1/kv/" + "A".repeat(400_000);

        assertRawError(head("GET " + target), "HTTP/1.0 414 ", "uri_too_long");
    }

    @Test
    void refusesLargeHeaders() {
        assertRawError(head("GET /health", "X: " + "a".repeat(20_000)), "HTTP/1.1 431 ", "headers_too_large");
    }

    @Test
    void refusesWhatIsNotHttp() {
        assertRawError("garbage\r\n\r\n", "HTTP/1.0 400 ", "bad_request");
        assertRawError(head("PUT /v1/kv/YQ==", "Content-Length: x"), "HTTP/1.1 400 ", "bad_request");
    }

    @Test
    void answersPipelinedRequestsInOrder() {
        served.put("a", "1");
        try (RawConnection connection = served.connect()) {
            connection.send(head("GET /v1/kv/YQ==")
                    + head("GET /v1/kv/not-base64")
                    + head("DELETE /v1/kv/YQ==")
                    + head("GET /v1/kv/YQ=="));

            assertThat(connection.answer()).startsWith("HTTP/1.1 200 ");
            assertThat(connection.answer()).startsWith("HTTP/1.1 400 ");
            assertThat(connection.answer()).startsWith("HTTP/1.1 204 ");
            assertThat(connection.answer()).startsWith("HTTP/1.1 404 ");
        }
    }

    @Test
    void asksForTheBodyOfACarefulClient() {
        try (RawConnection connection = served.connect()) {
            connection.send(head("PUT /v1/kv/YQ==", "Content-Length: 16", "Expect: 100-continue"));
            assertThat(connection.answer()).startsWith("HTTP/1.1 100 ");

            connection.send("{\"value\":\"YQ==\"}");
            assertThat(connection.answer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void tellsACarefulClientNotToSendATooLargeBody() {
        assertRawError(
                head("PUT /v1/kv/YQ==", "Content-Length: 99999999", "Expect: 100-continue"),
                "HTTP/1.1 413 ",
                "too_large");
    }

    @Test
    void refusesABodyWithoutAnnouncedLengthOnceItIsTooLarge() {
        String piece = "A".repeat(0x10000);
        StringBuilder request = new StringBuilder(head("PUT /v1/kv/YQ==", "Transfer-Encoding: chunked"));
        for (int i = 0; i < 64; i++) {
            request.append("10000\r\n").append(piece).append("\r\n");
        }

        assertRawError(request + "0\r\n\r\n", "HTTP/1.1 413 ", "too_large");
    }
}
