package io.hightower.kv.server.rest;

import io.hightower.kv.statemachine.TooLargeException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/**
 * The body of one request while it comes: collected up to a limit, and only as long as all bodies together have room. Its
 * memory grows with what has come, not with what was announced.
 *
 * <p>Confined to the event loop of the request's connection.
 */
final class RequestBody {
    private static final int FIRST_BYTES = 1024;

    private final ByteBudget.Charge charge;
    private final int bytesMax;
    private final Promise<byte[]> whole = Promise.promise();
    private Buffer collected = Buffer.buffer(FIRST_BYTES);

    private RequestBody(ByteBudget.Charge charge, int bytesMax) {
        this.charge = charge;
        this.bytesMax = bytesMax;
    }

    /**
     * Collects the body. Completes with a {@link TooLargeException} as soon as it is known to be longer than {@code bytesMax},
     * and with a {@link RequestRefused} when {@code charge} finds no room; the rest is then read and thrown away. Never
     * completes if the client leaves: the exchange knows.
     *
     * <p>Called on the event loop before anything of the body could have come.
     */
    static Future<byte[]> read(RestExchange exchange, ByteBudget.Charge charge, int bytesMax) {
        HttpServerRequest request = exchange.request();
        long announced = announcedBytes(request);
        if (announced > bytesMax) {
            return Future.failedFuture(new TooLargeException("The body", announced, bytesMax));
        }
        exchange.awaitBody();
        RequestBody body = new RequestBody(charge, bytesMax);
        request.handler(body::take);
        request.endHandler(end -> body.finish());
        request.exceptionHandler(broken -> exchange.clientGone());
        return body.whole.future();
    }

    private void take(Buffer part) {
        if (whole.future().isComplete()) {
            return;
        }
        long bytes = (long) collected.length() + part.length();
        if (bytes > bytesMax) {
            refuse(new TooLargeException("The body", bytes, bytesMax));
        } else if (!charge.tryGrow(part.length())) {
            refuse(RequestRefused.overloaded("Too many bytes of request bodies are in memory"));
        } else {
            collected.appendBuffer(part);
        }
    }

    private void refuse(RuntimeException refusal) {
        collected = Buffer.buffer();
        whole.fail(refusal);
    }

    private void finish() {
        if (!whole.future().isComplete()) {
            byte[] bytes = collected.getBytes();
            collected = Buffer.buffer();
            whole.complete(bytes);
        }
    }

    /** Returns the length that the request says its body has; -1 if it does not say. */
    static long announcedBytes(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        // The parser has refused anything that is no number.
        return length == null ? -1 : Long.parseLong(length);
    }
}
