package io.hightower.kv.server.rest;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.api.KvEngine;

/** Reading and writing single keys. Thread-safe. */
final class KeyOperations {
    private final KvEngine engine;
    private final WriteHandOver writes;
    private final int bodyBytesMax;
    private final ByteBudget bodies;
    private final ByteBudget answers;

    /**
     * Serves {@code engine}.
     *
     * @param writes hands writes to the engine
     * @param bodyBytesMax most bytes of a body
     * @param bodies holds the bodies of writes from their first byte until the answer has left
     * @param answers holds the values that clients have not taken yet
     */
    KeyOperations(KvEngine engine, WriteHandOver writes, int bodyBytesMax, ByteBudget bodies, ByteBudget answers) {
        this.engine = engine;
        this.writes = writes;
        this.bodyBytesMax = bodyBytesMax;
        this.bodies = bodies;
        this.answers = answers;
    }

    void put(RestExchange exchange, String keySegment) {
        Bytes key = RequestText.key(keySegment);
        exchange.when(
                RequestBody.read(exchange, exchange.charge(bodies), bodyBytesMax),
                body -> writes.handOver(exchange, () -> {
                    Bytes value = exchange.json().putValue(body);
                    exchange.when(
                            engine.submitAsync(Command.put(key, value)),
                            result -> exchange.answer(200, exchange.json().write(key, value)));
                }));
    }

    void get(RestExchange exchange, String keySegment) {
        Bytes key = RequestText.key(keySegment);
        ByteBudget.Charge charge = exchange.charge(answers);
        exchange.when(engine.readWithAsync(view -> view.get(key)), found -> {
            KeyValue present = found.orElseThrow(() -> new RequestRefused(404, "key_not_found", "The key is absent"));
            if (!charge.tryGrow(present.key().length() + (long) present.value().length())) {
                throw RequestRefused.overloaded(RequestRefused.ANSWERS_WAIT);
            }
            exchange.answer(200, exchange.json().write(present.key(), present.value()));
        });
    }

    void delete(RestExchange exchange, String keySegment) {
        Bytes key = RequestText.key(keySegment);
        writes.handOver(
                exchange, () -> exchange.when(engine.submitAsync(Command.delete(key)), result -> exchange.answer(204)));
    }
}
