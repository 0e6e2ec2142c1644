package io.hightower.kv.server.rest;

import static io.hightower.kv.server.rest.ServedEngine.base64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.rest.client.ApiClient;
import io.hightower.kv.rest.client.ApiException;
import io.hightower.kv.rest.client.api.KvApi;
import io.hightower.kv.rest.client.api.OperationsApi;
import io.hightower.kv.rest.client.model.KeyValue;
import io.hightower.kv.rest.client.model.PutRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The server through the client that is generated from its description: neither was written with the other in mind. */
class GeneratedClientTest {
    private final ServedEngine served = ServedEngine.empty();
    private final KvApi kv;
    private final OperationsApi operations;

    GeneratedClientTest() {
        ApiClient client = new ApiClient();
        client.updateBaseUri(served.uri().toString());
        kv = new KvApi(client);
        operations = new OperationsApi(client);
    }

    @AfterEach
    void close() {
        served.close();
    }

    private KeyValue put(String key, String value) throws ApiException {
        return kv.putKey(base64(key), new PutRequest().value(base64(value)));
    }

    private List<String> scan(String from, String end) throws ApiException {
        return kv.scanKeys(base64(from), base64(end), null).stream()
                .map(KeyValue::getKey)
                .toList();
    }

    @Test
    void followsTheLifeOfAKey() throws ApiException {
        assertThat(put("user/1", "ada").getKey()).isEqualTo(base64("user/1"));
        assertThat(kv.getKey(base64("user/1")).getValue()).isEqualTo(base64("ada"));
        put("user/1", "grace");
        assertThat(kv.getKey(base64("user/1")).getValue()).isEqualTo(base64("grace"));
        kv.deleteKey(base64("user/1"));
        kv.deleteKey(base64("user/1"));
        assertThatThrownBy(() -> kv.getKey(base64("user/1")))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.getCode()).isEqualTo(404));
    }

    @Test
    void scansInOrderWithoutTheEnd() throws ApiException {
        for (String key : new String[] {"c", "a", "d", "b"}) {
            put(key, key);
        }
        assertThat(scan("a", "d")).containsExactly(base64("a"), base64("b"), base64("c"));

        kv.deleteKey(base64("b"));
        assertThat(scan("a", "d")).containsExactly(base64("a"), base64("c"));
    }

    @Test
    void keepsKeysWithEveryCharacterOfTheAlphabet() throws ApiException {
        KeyValue stored = kv.putKey("+/+/", new PutRequest().value("+/8="));

        assertThat(stored.getKey()).isEqualTo("+/+/");
        assertThat(kv.getKey("-_-_")).isEqualTo(stored);
        assertThat(kv.scanKeys("+/+/", "////", 10)).containsExactly(stored);
    }

    @Test
    void keepsOneOfManyConcurrentWrites() throws Exception {
        ExecutorService writers = Executors.newFixedThreadPool(8);
        try {
            List<Callable<KeyValue>> writes = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String value = "value-" + i;
                writes.add(() -> put("contended", value));
            }
            List<String> written = new ArrayList<>();
            for (Future<KeyValue> write : writers.invokeAll(writes)) {
                written.add(write.get().getValue());
            }

            String kept = kv.getKey(base64("contended")).getValue();
            assertThat(written).hasSize(64).contains(kept);
            put("contended", "last");
            assertThat(kv.getKey(base64("contended")).getValue()).isEqualTo(base64("last"));
        } finally {
            writers.shutdown();
        }
    }

    @Test
    void isRefusedMalformedKeys() {
        assertThatThrownBy(() -> kv.putKey("not-base64", new PutRequest().value("")))
                .isInstanceOfSatisfying(ApiException.class, e -> {
                    assertThat(e.getCode()).isEqualTo(400);
                    assertThat(e.getResponseBody()).contains("invalid_key");
                });
        assertThatThrownBy(() -> kv.getKey("not-base64"))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.getCode()).isEqualTo(400));
    }

    @Test
    void asksAboutTheServer() throws ApiException {
        put("a", "1");

        assertThat(operations.health().getStatus()).isEqualTo("ok");
        assertThat(operations.status().getKeys()).isEqualTo(1);
        assertThat(operations.status().getStateHash()).matches("[0-9a-f]{16}");
        assertThat(operations.metrics()).contains("hightower_revision 2.0");
    }
}
