package io.hightower.kv.server.rest;

import io.hightower.kv.statemachine.TooLargeException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** Reads the body of a request up to a limit. */
final class RequestBody {
    private static final int FIRST_BYTES = 1024;

    private RequestBody() {}

    /**
     * Collects the body. Completes with a {@link TooLargeException} as soon as it is known to be longer than {@code bytesMax};
     * the rest is then read and thrown away, so that a client which sends first and reads afterwards finds the answer.
     *
     * <p>Called on the event loop before anything of the body could have come.
     */
    static Future<byte[]> read(HttpServerRequest request, int bytesMax) {
        long announced = announcedBytes(request);
        if (announced > bytesMax) {
            if (awaitsGoAhead(request)) {
                // The body may never come, and then the next request would be taken for it.
                request.response().putHeader("Connection", "close");
            }
            return Future.failedFuture(new TooLargeException("The body", announced, bytesMax));
        }
        if (awaitsGoAhead(request)) {
            request.response().writeContinue();
        }
        Promise<byte[]> body = Promise.promise();
        Buffer collected = Buffer.buffer(announced > 0 ? (int) announced : FIRST_BYTES);
        request.handler(part -> {
            long bytes = (long) collected.length() + part.length();
            if (bytes <= bytesMax) {
                collected.appendBuffer(part);
            } else {
                request.handler(rest -> {});
                body.tryFail(new TooLargeException("The body", bytes, bytesMax));
            }
        });
        request.endHandler(end -> body.tryComplete(collected.getBytes()));
        request.exceptionHandler(body::tryFail);
        return body.future();
    }

    private static boolean awaitsGoAhead(HttpServerRequest request) {
        return "100-continue".equalsIgnoreCase(request.getHeader("Expect"));
    }

    private static long announcedBytes(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        // The parser has refused anything that is no number.
        return length == null ? -1 : Long.parseLong(length);
    }
}
