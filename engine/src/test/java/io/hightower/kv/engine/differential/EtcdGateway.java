package io.hightower.kv.engine.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * The JSON gateway of an etcd: one POST per call. <b>Thread-safe.</b>
 *
 * <p>Behind the body of an error the gateway sends trailers, and the JDK's {@link HttpClient} does not read those; so calls go
 * through {@link HttpURLConnection}, which does.
 */
final class EtcdGateway {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CALL_DUE = Duration.ofSeconds(20);

    private final HttpClient client;
    private final EtcdProcess etcd;

    EtcdGateway(HttpClient client, EtcdProcess etcd) {
        this.client = client;
        this.etcd = etcd;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static JsonNode parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    static JsonNode parse(byte[] text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("Not JSON: " + new String(text, StandardCharsets.UTF_8), e);
        }
    }

    /** Waits until etcd takes calls. */
    void awaitReady() {
        Awaitility.await("etcd takes calls")
                .atMost(CALL_DUE)
                .pollDelay(Duration.ZERO)
                .pollInterval(5, TimeUnit.MILLISECONDS)
                .until(this::isReady);
    }

    private boolean isReady() {
        if (!etcd.isRunning()) {
            throw new AssertionError("etcd ended: " + etcd.log());
        }
        try (InputStream answer = connect("/health").getInputStream()) {
            return "true".equals(parse(answer.readAllBytes()).path("health").asText());
        } catch (IOException e) {
            return false;
        }
    }

    /** Calls a path behind {@code /v3/} and returns the answer, or the error with its fields. */
    JsonNode call(String path, ObjectNode body) {
        try {
            HttpURLConnection connection = post(path, body);
            boolean refused = connection.getResponseCode() != HttpURLConnection.HTTP_OK;
            try (InputStream answer = refused ? connection.getErrorStream() : connection.getInputStream()) {
                return parse(answer.readAllBytes());
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Opens a stream of objects, one per line, which ends with etcd. Reading it waits for the next one. */
    BufferedReader stream(String path, ObjectNode body) {
        try {
            HttpURLConnection connection = post(path, body);
            connection.setReadTimeout(0);
            return new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private HttpURLConnection post(String path, ObjectNode body) throws IOException {
        byte[] text = JSON.writeValueAsBytes(body);
        HttpURLConnection connection = connect("/v3/" + path);
        connection.setDoOutput(true);
        // Told the length, it does not send a call again when the connection breaks.
        connection.setFixedLengthStreamingMode(text.length);
        try (OutputStream request = connection.getOutputStream()) {
            request.write(text);
        }
        return connection;
    }

    private HttpURLConnection connect(String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) etcd.clients().resolve(path).toURL().openConnection();
        connection.setConnectTimeout(Math.toIntExact(CALL_DUE.toMillis()));
        connection.setReadTimeout(Math.toIntExact(CALL_DUE.toMillis()));
        return connection;
    }

    /** Asks as other members do for the hash of keys and history: a GET with a body, answered in plain text if refused. */
    HttpResponse<String> hashOfMember(ObjectNode body) {
        URI path = etcd.peers().resolve("/members/hashkv");
        HttpRequest request = HttpRequest.newBuilder(path)
                .timeout(CALL_DUE)
                .method("GET", HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", e);
        }
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException("etcd does not answer: running=" + etcd.isRunning() + " " + etcd.log(), e);
    }
}
