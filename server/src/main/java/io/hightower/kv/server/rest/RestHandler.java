package io.hightower.kv.server.rest;

import io.hightower.kv.server.metrics.RequestMetrics;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;

/** Takes every request of the surface, those included that HTTP itself forbids. Thread-safe. */
final class RestHandler {
    private final RestRouter router;
    private final JsonText json;
    private final RequestMetrics metrics;
    private final RestLimits limits;
    private final BodyDeadline bodyDeadline;

    RestHandler(Vertx vertx, RestRouter router, RequestMetrics metrics, RestOptions options) {
        this.router = router;
        this.json = new JsonText(options.bodyBytesMax());
        this.metrics = metrics;
        this.limits = options.limits();
        this.bodyDeadline = new BodyDeadline(vertx, options);
    }

    /** Serves a request. */
    void handle(HttpServerRequest request, Context context) {
        RestExchange exchange = new RestExchange(request, context, json, metrics, limits);
        bodyDeadline.watch(exchange);
        exchange.attempt(() -> router.route(exchange));
    }

    /** Answers a request that could not be parsed, and ends the connection: nobody knows where the next one begins. */
    void refuse(HttpServerRequest request, Context context) {
        RestExchange exchange = new RestExchange(request, context, json, metrics, limits);
        exchange.closeAfterAnswer();
        exchange.fail(refusal(request.decoderResult().cause()));
    }

    private static RequestRefused refusal(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new RequestRefused(414, "uri_too_long", "The request line is too long");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new RequestRefused(431, "headers_too_large", "The headers are too large");
        }
        return new RequestRefused(400, "bad_request", "The request is not valid HTTP");
    }
}
