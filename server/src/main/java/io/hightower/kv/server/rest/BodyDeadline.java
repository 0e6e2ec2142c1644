package io.hightower.kv.server.rest;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/**
 * The time that a client has to send a body, also one that nobody wants: a refused body is read and thrown away, so that a
 * client which sends first and reads afterwards finds its answer, but not for ever. Thread-safe.
 */
final class BodyDeadline {
    private final Vertx vertx;
    private final RestLimits limits;
    private final int bodyBytesMax;

    BodyDeadline(Vertx vertx, RestOptions options) {
        this.vertx = vertx;
        this.limits = options.limits();
        this.bodyBytesMax = options.bodyBytesMax();
    }

    /** Watches the body of a request, if it has one. Called on the event loop before anything of the body could have come. */
    void watch(RestExchange exchange) {
        HttpServerRequest request = exchange.request();
        long announced = RequestBody.announcedBytes(request);
        if (announced == 0 || (announced < 0 && !request.headers().contains("Transfer-Encoding"))) {
            return;
        }
        Duration time = limits.timeFor(announced < 0 ? bodyBytesMax : Math.min(announced, bodyBytesMax));
        long timer = vertx.setTimer(Math.max(1, time.toMillis()), late -> exchange.bodyIsLate());
        request.end().onComplete(ended -> vertx.cancelTimer(timer));
    }
}
