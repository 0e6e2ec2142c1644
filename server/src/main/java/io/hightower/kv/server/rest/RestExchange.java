package io.hightower.kv.server.rest;

import io.hightower.kv.server.metrics.RequestMetrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its answer, given exactly once.
 *
 * <p>Confined to the event loop of the request's connection, except where a method says otherwise.
 */
final class RestExchange {
    static final String JSON = "application/json";

    private static final Logger LOGGER = LoggerFactory.getLogger(RestExchange.class);

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Context context;
    private final JsonText json;
    private final RequestMetrics metrics;
    private final long started = System.nanoTime();
    private String route = "other";
    private String method = "other";

    RestExchange(HttpServerRequest request, Context context, JsonText json, RequestMetrics metrics) {
        this.request = request;
        this.response = request.response();
        this.context = context;
        this.json = json;
        this.metrics = metrics;
    }

    /** Names the path of the API description and the method that the request is counted under. */
    void countAs(String newRoute, String newMethod) {
        this.route = newRoute;
        this.method = newMethod;
    }

    HttpServerRequest request() {
        return request;
    }

    HttpServerResponse response() {
        return response;
    }

    JsonText json() {
        return json;
    }

    /** Runs {@code step} now; what it throws becomes the answer. */
    void attempt(Runnable step) {
        try {
            step.run();
        } catch (Throwable failure) {
            // The outermost frame of a request: whatever happened, the client gets an answer.
            fail(failure);
        }
    }

    /** Runs {@code step} on the event loop; what it throws becomes the answer. May be called on any thread. */
    void onEventLoop(Runnable step) {
        context.runOnContext(nothing -> attempt(step));
    }

    /**
     * Waits for {@code stage} without blocking and has {@code then} answer on the event loop; a failed stage becomes the
     * answer. May be called on any thread.
     */
    <T> void when(CompletionStage<T> stage, Consumer<? super T> then) {
        CompletionStage<T> unused = stage.whenComplete((value, failure) -> onEventLoop(() -> {
            if (failure != null) {
                fail(failure);
            } else {
                then.accept(value);
            }
        }));
    }

    /** Like {@link #when(CompletionStage, Consumer)}, for a future that completes on the event loop. */
    <T> void when(Future<T> future, Consumer<? super T> then) {
        future.onComplete(done -> attempt(() -> {
            if (done.failed()) {
                fail(done.cause());
            } else {
                then.accept(done.result());
            }
        }));
    }

    /** Answers without a body. */
    void answer(int status) {
        if (unanswerable()) {
            return;
        }
        response.setStatusCode(status).end();
        answered();
    }

    /** Answers with a JSON body. */
    void answer(int status, byte[] body) {
        answer(status, Buffer.buffer(body));
    }

    /** Answers with a JSON body. */
    void answer(int status, Buffer body) {
        answer(status, JSON, body);
    }

    /** Answers with a body; a {@code HEAD} request gets its length only. */
    void answer(int status, String contentType, Buffer body) {
        if (unanswerable()) {
            return;
        }
        response.setStatusCode(status).putHeader("Content-Type", contentType);
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader("Content-Length", Integer.toString(body.length()))
                    .end();
        } else {
            response.end(body);
        }
        answered();
    }

    /** Answers with what {@link ErrorTable} says about the failure. If an answer has begun, ends the connection instead. */
    void fail(Throwable failure) {
        ErrorTable.ErrorAnswer error = ErrorTable.answerTo(failure);
        if (error.logged()) {
            LOGGER.error("Request failed: route={} method={} status={}", route, method, error.status(), failure);
        }
        if (response.headWritten()) {
            abort();
            return;
        }
        if (error.retryAfterSeconds() > 0) {
            response.putHeader("Retry-After", Integer.toString(error.retryAfterSeconds()));
        }
        answer(error.status(), json.error(error.message(), error.code()));
    }

    /** Ends the connection in the middle of an answer, which tells the client that the answer is not complete. */
    void abort() {
        request.connection().close();
        answered();
    }

    /** Counts the request. Called once the answer is given; a streamed answer calls it itself. */
    void answered() {
        metrics.answered(route, method, response.getStatusCode(), started);
    }

    private boolean unanswerable() {
        return response.ended() || response.closed();
    }
}
