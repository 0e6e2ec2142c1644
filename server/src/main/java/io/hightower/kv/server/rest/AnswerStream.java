package io.hightower.kv.server.rest;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A JSON answer that is sent while it is being written, as fast as the client reads it.
 *
 * <p>Bytes gather into chunks. A full chunk is sent once the one before it has left for the operating system, so at most two
 * are in memory, however slow the client. An answer that fits into one chunk is sent whole, with its length.
 *
 * <p>Used by one thread at a time, never by the event loop: writing waits for the client.
 */
final class AnswerStream extends OutputStream {
    private static final int CHUNK_BYTES = 64 * 1024;

    private final RestExchange exchange;

    /** A client that uses it up loses its answer, and with it the thread and the read view that the answer keeps. */
    private final Patience patience;

    private ByteArrayOutputStream chunk = new ByteArrayOutputStream(CHUNK_BYTES);
    private CompletableFuture<Void> sent = CompletableFuture.completedFuture(null);
    private int leavingBytes;
    private boolean begun;

    /** The client closed the connection or is too slow; nobody is there to be told anything. */
    static final class ClientGone extends IOException {
        private static final long serialVersionUID = 1L;

        ClientGone(String finding) {
            super(finding);
        }
    }

    AnswerStream(RestExchange exchange) {
        this.exchange = exchange;
        this.patience = new Patience(exchange.limits());
    }

    @Override
    public void write(int oneByte) throws ClientGone {
        chunk.write(oneByte);
        sendIfFull();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws ClientGone {
        chunk.write(bytes, offset, length);
        sendIfFull();
    }

    /** Sends the last bytes and ends the answer. Does not wait for the client. */
    void finish() {
        byte[] last = chunk.toByteArray();
        if (!begun) {
            exchange.onEventLoop(() -> exchange.answer(200, last));
            return;
        }
        exchange.onEventLoop(() -> exchange.endStream(Buffer.buffer(last)));
    }

    private void sendIfFull() throws ClientGone {
        if (chunk.size() < CHUNK_BYTES) {
            return;
        }
        awaitSent();
        Buffer full = Buffer.buffer(chunk.toByteArray());
        CompletableFuture<Void> leaving = new CompletableFuture<>();
        exchange.onEventLoop(() -> {
            HttpServerResponse response = exchange.response();
            if (!response.headWritten()) {
                response.putHeader("Content-Type", RestExchange.JSON).setChunked(true);
            }
            response.write(full).onComplete(written -> {
                if (written.succeeded()) {
                    leaving.complete(null);
                } else {
                    leaving.completeExceptionally(written.cause());
                }
            });
        });
        sent = leaving;
        leavingBytes = full.length();
        begun = true;
        chunk = new ByteArrayOutputStream(CHUNK_BYTES);
    }

    private void awaitSent() throws ClientGone {
        long began = System.nanoTime();
        try {
            sent.get(patience.nanosFor(leavingBytes), TimeUnit.NANOSECONDS);
            patience.taken(leavingBytes, System.nanoTime() - began);
        } catch (ExecutionException e) {
            throw new ClientGone("the connection is closed");
        } catch (TimeoutException e) {
            throw new ClientGone("the answer was read too slowly");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientGone("the server stops");
        }
    }
}
