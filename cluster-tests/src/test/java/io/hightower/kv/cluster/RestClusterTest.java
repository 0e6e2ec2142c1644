package io.hightower.kv.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.cluster.process.Ports;
import io.hightower.kv.cluster.process.ServerProcess;
import io.hightower.kv.rest.client.ApiClient;
import io.hightower.kv.rest.client.ApiException;
import io.hightower.kv.rest.client.api.KvApi;
import io.hightower.kv.rest.client.model.KeyValue;
import io.hightower.kv.rest.client.model.PutRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The REST contract against a real process, through the client that is generated from the same description. */
class RestClusterTest {
    @TempDir
    private Path directory;

    private ServerProcess server;
    private KvApi keys;

    @BeforeEach
    void start() {
        server = ServerProcess.of(
                        List.of(
                                "server",
                                "--http-addr=127.0.0.1:" + Ports.free(1).get(0),
                                "--data-dir=" + directory.resolve("data")),
                        directory.resolve("server.log"))
                .start();
        ApiClient client = new ApiClient();
        client.updateBaseUri(server.restUrl());
        keys = new KvApi(client);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aKeyIsWrittenReadOverwrittenAndDeleted() throws ApiException {
        assertThat(put("k", "one").getValue()).isEqualTo(base64("one"));
        assertThat(keys.getKey(base64("k")).getValue()).isEqualTo(base64("one"));
        put("k", "two");
        assertThat(keys.getKey(base64("k")).getValue()).isEqualTo(base64("two"));
        keys.deleteKey(base64("k"));
        assertStatus(404, () -> keys.getKey(base64("k")));
        keys.deleteKey(base64("k"));
    }

    @Test
    void aScanIsOrderedHalfOpenAndWithoutDeletedKeys() throws ApiException {
        for (String key : List.of("d", "b", "a", "c")) {
            put(key, "v");
        }
        keys.deleteKey(base64("b"));
        assertThat(keys.scanKeys(base64("a"), base64("d"), null))
                .extracting(KeyValue::getKey)
                .containsExactly(base64("a"), base64("c"));
        assertThat(keys.scanKeys(base64("a"), base64("z"), 1)).hasSize(1);
    }

    @Test
    void repeatingAWriteChangesNothing() throws ApiException {
        put("k", "v");
        put("k", "v");
        assertThat(keys.scanKeys(base64("a"), base64("z"), null)).hasSize(1);
    }

    @Test
    void oneOfTheConcurrentWritersIsTheLast() throws ApiException, ExecutionException, InterruptedException {
        ExecutorService writers = Executors.newFixedThreadPool(8);
        List<Future<KeyValue>> writes = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            String value = "v" + i;
            writes.add(writers.submit(() -> put("contended", value)));
        }
        List<String> written = new ArrayList<>();
        for (Future<KeyValue> write : writes) {
            written.add(write.get().getValue());
        }
        writers.shutdown();
        String last = keys.getKey(base64("contended")).getValue();
        assertThat(written).contains(last);
        assertThat(keys.getKey(base64("contended")).getValue()).isEqualTo(last);
    }

    @Test
    void malformedKeysAreBadRequests() {
        for (String malformed : List.of("not-base64", "YQ", "YR==", "Y Q=", "+-==")) {
            assertStatus(400, () -> keys.getKey(malformed));
        }
    }

    @Test
    void whatWasAcknowledgedSurvivesAKill() throws ApiException {
        for (int i = 0; i < 100; i++) {
            put("k" + i, "v" + i);
        }
        server.kill();
        server.start();
        for (int i = 0; i < 100; i++) {
            assertThat(keys.getKey(base64("k" + i)).getValue()).isEqualTo(base64("v" + i));
        }
    }

    private KeyValue put(String key, String value) throws ApiException {
        return keys.putKey(base64(key), new PutRequest().value(base64(value)));
    }

    private static void assertStatus(int status, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ApiException.class, failure -> assertThat(failure.getCode())
                .isEqualTo(status));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
