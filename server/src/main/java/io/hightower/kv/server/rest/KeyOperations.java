package io.hightower.kv.server.rest;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.api.KvEngine;
import java.util.concurrent.Executor;

/**
 * Reading and writing single keys. Thread-safe.
 *
 * <p>Writes are handed to the engine by threads of their own, because handing over waits for room when the engine's queue is
 * full, and the event loop must not wait.
 */
final class KeyOperations {
    private final KvEngine engine;
    private final Executor writeThreads;
    private final int bodyBytesMax;

    /**
     * Serves {@code engine}.
     *
     * @param writeThreads runs short tasks that may wait for the engine; rejects what is too much
     * @param bodyBytesMax most bytes of a body
     */
    KeyOperations(KvEngine engine, Executor writeThreads, int bodyBytesMax) {
        this.engine = engine;
        this.writeThreads = writeThreads;
        this.bodyBytesMax = bodyBytesMax;
    }

    void put(RestExchange exchange, String keySegment) {
        Bytes key = RequestText.key(keySegment);
        exchange.when(
                RequestBody.read(exchange.request(), bodyBytesMax),
                body -> write(exchange, () -> {
                    Bytes value = exchange.json().putValue(body);
                    exchange.when(
                            engine.submitAsync(Command.put(key, value)),
                            result -> exchange.answer(200, exchange.json().write(key, value)));
                }));
    }

    void get(RestExchange exchange, String keySegment) {
        Bytes key = RequestText.key(keySegment);
        exchange.when(engine.readWithAsync(view -> view.get(key)), found -> {
            KeyValue present = found.orElseThrow(() -> new RequestRefused(404, "key_not_found", "The key is absent"));
            exchange.answer(200, exchange.json().write(present.key(), present.value()));
        });
    }

    void delete(RestExchange exchange, String keySegment) {
        Bytes key = RequestText.key(keySegment);
        write(exchange, () -> exchange.when(engine.submitAsync(Command.delete(key)), result -> exchange.answer(204)));
    }

    private void write(RestExchange exchange, Runnable handOver) {
        writeThreads.execute(() -> {
            try {
                handOver.run();
            } catch (Throwable failure) {
                // The outermost frame of this task: whatever happened, the client gets to know.
                exchange.onEventLoop(() -> exchange.fail(failure));
            }
        });
    }
}
