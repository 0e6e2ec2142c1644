package io.hightower.kv.server.rest;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.api.KvEngine;
import io.hightower.kv.statemachine.spi.ReadView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Reading a range: a page, when the request names a limit, or the whole range as a stream. Thread-safe.
 *
 * <p>A page is put together in memory, because the header that names the next key goes out before the keys do; so it is
 * bounded in bytes as well, alone and together with all pages that clients have not taken yet.
 */
final class ScanOperation implements Operation {
    /** Keys and values of a page, in bytes: large enough to keep a reader busy, small enough to hold many at a time. */
    static final int PAGE_BYTES_MAX = 4 * 1024 * 1024;

    /** What the JSON of a record counts beside key and value, or a page of tiny records would be a multiple of others. */
    private static final int RECORD_BYTES = 17;

    static final String NEXT_KEY = "Hightower-Next-Key";

    private final KvEngine engine;
    private final Executor streamThreads;
    private final ByteBudget answers;

    /**
     * Reads from {@code engine}.
     *
     * @param streamThreads runs one task per stream for as long as its client reads; rejects what is too much
     * @param answers holds the pages that clients have not taken yet
     */
    ScanOperation(KvEngine engine, Executor streamThreads, ByteBudget answers) {
        this.engine = engine;
        this.streamThreads = streamThreads;
        this.answers = answers;
    }

    @Override
    public void serve(RestExchange exchange) {
        Map<String, String> query =
                RequestText.query(Optional.ofNullable(exchange.request().query()));
        KeyRange range = KeyRange.of(RequestText.bound(query, "fromKey"), RequestText.bound(query, "endKey"));
        Optional<Integer> limit = RequestText.count(query, "limit");
        if (limit.isPresent()) {
            servePage(exchange, range, limit.get());
        } else {
            serveStream(exchange, range);
        }
    }

    private void servePage(RestExchange exchange, KeyRange range, int limit) {
        PageText text = new PageText(exchange.charge(answers));
        exchange.when(engine.readWithAsync(view -> writePage(exchange.json(), view, range, limit, text)), nextKey -> {
            nextKey.ifPresent(key -> exchange.response().putHeader(NEXT_KEY, Base64Text.write(key)));
            exchange.answer(200, text.text());
        });
    }

    /** Writes a page and returns the first key that is not in it. */
    private static Optional<Bytes> writePage(JsonText json, ReadView view, KeyRange range, int limit, PageText text) {
        try (ReadView.KeyCursor cursor = view.cursor(range)) {
            JsonText.KeyValueArray array = json.array(text);
            Optional<Bytes> nextKey = Optional.empty();
            long bytes = 0;
            int count = 0;
            while (nextKey.isEmpty() && cursor.next()) {
                KeyValue found = cursor.current();
                if (count == limit || bytes >= PAGE_BYTES_MAX) {
                    nextKey = Optional.of(found.key());
                } else {
                    array.add(found.key(), found.value());
                    count++;
                    bytes += found.key().length() + found.value().length() + RECORD_BYTES;
                }
            }
            array.end();
            return nextKey;
        } catch (PageText.NoRoom e) {
            throw RequestRefused.overloaded(RequestRefused.ANSWERS_WAIT);
        } catch (IOException e) {
            throw new UncheckedIOException("Memory cannot fail to be written", e);
        }
    }

    private void serveStream(RestExchange exchange, KeyRange range) {
        AnswerStream answer = new AnswerStream(exchange);
        streamThreads.execute(() -> stream(exchange, range, answer));
    }

    private void stream(RestExchange exchange, KeyRange range, AnswerStream answer) {
        try {
            engine.<Void>readWith(view -> {
                writeAll(exchange.json(), view, range, answer);
                return null;
            });
            answer.finish();
        } catch (ClientGoneWhileReading e) {
            exchange.onEventLoop(exchange::giveUp);
        } catch (Throwable failure) {
            // The outermost frame of this task: whatever happened, the client gets to know.
            exchange.onEventLoop(() -> exchange.fail(failure));
        }
    }

    /** Carries the end of the stream through the engine, whose readers throw nothing checked. */
    private static final class ClientGoneWhileReading extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ClientGoneWhileReading(IOException cause) {
            super(cause);
        }
    }

    private static void writeAll(JsonText json, ReadView view, KeyRange range, AnswerStream answer) {
        try (ReadView.KeyCursor cursor = view.cursor(range)) {
            JsonText.KeyValueArray array = json.array(answer);
            while (cursor.next()) {
                KeyValue found = cursor.current();
                array.add(found.key(), found.value());
            }
            array.end();
        } catch (IOException e) {
            throw new ClientGoneWhileReading(e);
        }
    }
}
