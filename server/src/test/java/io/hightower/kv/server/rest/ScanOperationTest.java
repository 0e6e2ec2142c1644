package io.hightower.kv.server.rest;

import static io.hightower.kv.server.rest.RawConnection.head;
import static io.hightower.kv.server.rest.ServedEngine.base64;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScanOperationTest {
    private final ServedEngine served = ServedEngine.empty();

    @AfterEach
    void close() {
        served.close();
    }

    private static String range(String from, String end) {
        return "/v1/kv?fromKey=" + query(base64(from)) + "&endKey=" + query(base64(end));
    }

    private static String query(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static List<String> keys(HttpResponse<String> scan) {
        assertThat(scan.statusCode()).as(scan.body()).isEqualTo(200);
        assertThat(scan.headers().firstValue("Content-Type")).contains("application/json");
        List<String> keys = new ArrayList<>();
        try {
            JsonNode array = new JsonMapper().readTree(scan.body());
            assertThat(array.isArray()).isTrue();
            for (JsonNode element : array) {
                keys.add(
                        new String(Base64.getDecoder().decode(element.get("key").textValue()), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return keys;
    }

    private static Optional<String> nextKey(HttpResponse<String> scan) {
        return scan.headers().firstValue("Hightower-Next-Key");
    }

    private void putAll(String... keys) {
        for (String key : keys) {
            served.put(key, "v-" + key);
        }
    }

    @Test
    void readsTheHalfOpenRangeInOrder() {
        putAll("d", "b", "a", "c", "aa");

        assertThat(keys(served.get(range("a", "c")))).containsExactly("a", "aa", "b");
        assertThat(keys(served.get(range("aa", "z")))).containsExactly("aa", "b", "c", "d");
        assertThat(served.get(range("b", "c")).body()).isEqualTo("[{\"key\":\"Yg==\",\"value\":\"di1i\"}]");
    }

    @Test
    void readsNothingInAnEmptyRange() {
        putAll("a", "b");

        assertThat(served.get(range("x", "z")).body()).isEqualTo("[]");
        assertThat(served.get(range("b", "a")).body()).isEqualTo("[]");
        assertThat(served.get(range("a", "a")).body()).isEqualTo("[]");
    }

    @Test
    void leavesOutDeletedKeys() {
        putAll("a", "b", "c");
        served.send("DELETE", "/v1/kv/" + base64("b"), "");

        assertThat(keys(served.get(range("a", "z")))).containsExactly("a", "c");
    }

    @Test
    void ordersKeysByUnsignedBytes() {
        served.engine().put(new byte[] {(byte) 0x80}, new byte[0]);
        served.engine().put(new byte[] {0x7f}, new byte[0]);
        served.engine().put(new byte[] {0}, new byte[0]);
        served.engine().put(new byte[] {(byte) 0xff, 1}, new byte[0]);

        assertThat(served.get("/v1/kv?fromKey=AA==&endKey=____").body())
                .containsSubsequence("AA==", "fw==", "gA==", "/wE=");
    }

    @Test
    void namesTheNextKeyWhenTheLimitCutsTheRange() {
        putAll("a", "b", "c", "d");

        HttpResponse<String> first = served.get(range("a", "z") + "&limit=3");
        assertThat(keys(first)).containsExactly("a", "b", "c");
        assertThat(nextKey(first)).contains(base64("d"));

        HttpResponse<String> second = served.get(range("d", "z") + "&limit=3");
        assertThat(keys(second)).containsExactly("d");
        assertThat(nextKey(second)).isEmpty();
    }

    @Test
    void namesNoNextKeyWhenTheLimitIsExactlyMet() {
        putAll("a", "b", "c");

        HttpResponse<String> all = served.get(range("a", "c") + "&limit=2");

        assertThat(keys(all)).containsExactly("a", "b");
        assertThat(nextKey(all)).isEmpty();
    }

    @Test
    void endsAPageThatBecomesTooLarge() {
        byte[] mebibyte = new byte[1024 * 1024];
        for (int i = 0; i < 10; i++) {
            served.engine().put(Bytes.utf8("k" + i), Bytes.wrap(mebibyte));
        }

        HttpResponse<String> page = served.get(range("k", "l") + "&limit=2147483647");

        assertThat(keys(page)).containsExactly("k0", "k1", "k2", "k3");
        assertThat(nextKey(page)).contains(base64("k4"));
    }

    @Test
    void readsEverythingWithoutALimit() throws IOException {
        List<Command> batch = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            batch.add(Command.put(Bytes.utf8("key-" + i), Bytes.utf8("value-" + i)));
        }
        served.engine().submitBatch(batch);

        HttpResponse<String> scan = served.get(range("a", "z"));

        assertThat(nextKey(scan)).isEmpty();
        assertThat(scan.headers().firstValue("Transfer-Encoding")).contains("chunked");
        List<String> expected = served.engine().scan(KeyRange.all()).stream()
                .map(KeyValue::key)
                .map(Bytes::toUtf8)
                .toList();
        assertThat(keys(scan)).isEqualTo(expected);
        JsonNode last = new JsonMapper().readTree(scan.body()).get(19_999);
        assertThat(last.get("value").textValue()).isEqualTo(base64("value-9999"));
    }

    @Test
    void sendsSmallAnswersWhole() {
        putAll("a");

        assertThat(served.get(range("a", "b")).headers().firstValue("Content-Length"))
                .contains("31");
    }

    @Test
    void refusesMissingAndMalformedParameters() {
        for (String query : new String[] {
            "",
            "?fromKey=YQ==",
            "?endKey=YQ==",
            "?fromKey=&endKey=YQ==",
            "?fromKey=YQ==&endKey=",
            "?fromKey=YQ==&endKey",
            "?fromKey=not-base64&endKey=YQ==",
            "?fromKey=YQ==&endKey=not-base64",
            "?fromKey=YQ==&endKey=Yg==&limit=0",
            "?fromKey=YQ==&endKey=Yg==&limit=-1",
            "?fromKey=YQ==&endKey=Yg==&limit=x",
            "?fromKey=YQ==&endKey=Yg==&limit=",
            "?fromKey=YQ==&fromKey=YQ==&endKey=Yg==",
            "?fromKey=YQ%3&endKey=Yg=="
        }) {
            // java.net.URI refuses a broken percent sign, so this goes out by hand.
            try (RawConnection connection = served.connect()) {
                connection.send(head("GET /v1/kv" + query));

                assertThat(connection.answer())
                        .as(query)
                        .startsWith("HTTP/1.1 400 ")
                        .containsPattern("\"code\":\"invalid_(query|key)\"");
            }
        }
    }

    @Test
    void ignoresUnknownParameters() {
        putAll("a");

        assertThat(keys(served.get(range("a", "b") + "&verbose=1&x"))).containsExactly("a");
    }

    @Test
    void takesPlusOnlyWhenItIsEncoded() {
        served.engine().put(new byte[] {(byte) 0xfb}, new byte[] {1});

        assertThat(served.get("/v1/kv?fromKey=%2Bw==&endKey=____").body()).contains("+w==");
        assertThat(served.get("/v1/kv?fromKey=+w==&endKey=____").statusCode()).isEqualTo(400);
    }

    @Test
    void showsOneMomentWhileKeysAreWritten() {
        List<Command> batch = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            batch.add(Command.put(Bytes.utf8("key-" + i), Bytes.wrap(new byte[100])));
        }
        served.engine().submitBatch(batch);
        try (RawConnection connection = served.connect()) {
            connection.send(head("GET " + range("a", "z"), "Connection: close"));
            connection.awaitFirstByte();
            served.engine().deleteRange(KeyRange.all());

            assertThat(connection.rest().split("\"key\"", -1)).hasSize(5_000 + 1);
        }
    }
}
