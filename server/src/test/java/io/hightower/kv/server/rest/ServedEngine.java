package io.hightower.kv.server.rest;

import io.hightower.kv.engine.Hightower;
import io.hightower.kv.server.listen.ListenAddress;
import io.hightower.kv.server.metrics.ServerMetrics;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/** An engine behind a REST surface on a free port, and a plain HTTP client for it. Closing it closes all three. */
public final class ServedEngine implements AutoCloseable {
    private final LocalEngine engine;
    private final Vertx vertx = Vertx.vertx();
    private final ServerMetrics metrics = new ServerMetrics();
    private final HttpClient http = HttpClient.newHttpClient();
    private final RestServer server;

    private ServedEngine(LocalEngine engine, Duration grace, RestLimits limits) {
        this.engine = engine;
        metrics.watch(engine);
        this.server = RestServer.start(
                vertx,
                engine,
                new RestOptions(ListenAddress.parse("127.0.0.1:0"), Limits.REQUEST_BYTES_DEFAULT, grace, limits),
                metrics);
    }

    /** Serves an empty store in memory. */
    public static ServedEngine empty() {
        return of(Hightower.inMemory());
    }

    static ServedEngine of(LocalEngine engine) {
        return of(engine, RestLimits.defaults());
    }

    static ServedEngine of(LocalEngine engine, Duration grace) {
        return new ServedEngine(engine, grace, RestLimits.defaults());
    }

    static ServedEngine of(LocalEngine engine, RestLimits limits) {
        return new ServedEngine(engine, Duration.ofSeconds(10), limits);
    }

    /** Returns how many requests of a method were counted with a status, on any route. */
    int counted(String method, String status) {
        int counted = 0;
        for (String line : metrics.text().split("\n", -1)) {
            if (line.startsWith("hightower_http_requests_seconds_count{method=\"" + method + "\",")
                    && line.contains("status=\"" + status + "\"")) {
                counted += Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return counted;
    }

    /** Returns how many connections are open. */
    int connections() {
        String name = "\nhightower_http_connections ";
        String text = metrics.text();
        int begin = text.indexOf(name) + name.length();
        return (int) Double.parseDouble(text.substring(begin, text.indexOf('\n', begin)));
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    public LocalEngine engine() {
        return engine;
    }

    RestServer server() {
        return server;
    }

    public URI uri() {
        return URI.create(server.address().url());
    }

    int port() {
        return server.address().port();
    }

    HttpResponse<String> get(String target) {
        return send("GET", target, "");
    }

    HttpResponse<String> put(String key, String value) {
        return send("PUT", "/v1/kv/" + base64(key).replace("/", "%2F"), "{\"value\":\"" + base64(value) + "\"}");
    }

    HttpResponse<String> send(String method, String target, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri() + target))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("The request failed: " + method + " " + target, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Opens a connection for anything that is not HTTP as it should be. */
    RawConnection connect() {
        return RawConnection.to(port());
    }

    @Override
    public void close() {
        server.close();
        engine.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        metrics.close();
    }
}
