package io.hightower.kv.cluster.judged;

import io.hightower.kv.client.RestClient;
import io.hightower.kv.client.ScanPage;
import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Answer.Shown;
import io.hightower.kv.cluster.check.history.Invocation;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * A server, or one of several, over REST: it tells no revisions, does not tell whether a deleted key was there, and offers no
 * comparisons. Ranges fit into one page, because each page is read at a moment of its own.
 *
 * @param rest the client; it belongs to whoever opened it
 */
public record RestStoreClient(RestClient rest) implements StoreClient {
    private static final int PAGE_KEYS_MAX = 1_000;

    @Override
    public Answer perform(Invocation asked) {
        Bytes key = Bytes.utf8(asked.key());
        return switch (asked.kind()) {
            case PUT -> {
                rest.put(key, Bytes.utf8(asked.value()));
                yield Answer.put(0);
            }
            case GET ->
                rest.get(key)
                        .map(value -> Answer.found(0, new Shown(asked.key(), text(value), 0, 0)))
                        .orElseGet(() -> Answer.nothing(0));
            case DELETE -> delete(asked, key);
            case RANGE -> range(asked, key);
            case CAS, TXN -> throw new UnsupportedOperationException("REST offers no comparison: asked=" + asked);
        };
    }

    private Answer delete(Invocation asked, Bytes key) {
        if (!asked.end().isEmpty()) {
            throw new UnsupportedOperationException("REST deletes single keys: asked=" + asked);
        }
        rest.delete(key);
        return Answer.deleted(0, Answer.UNTOLD);
    }

    private Answer range(Invocation asked, Bytes key) {
        KeyRange range = asked.end().isEmpty() ? KeyRange.single(key) : KeyRange.of(key, Bytes.utf8(asked.end()));
        ScanPage page;
        try {
            page = rest.scanPageAsync(range, PAGE_KEYS_MAX).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        if (page.nextKey().isPresent()) {
            throw new UnsupportedOperationException("The range is larger than a page: asked=" + asked);
        }
        List<Shown> shown = page.found().stream()
                .map(next -> new Shown(text(next.key()), text(next.value()), 0, 0))
                .toList();
        return Answer.range(0, shown);
    }

    private static String text(Bytes bytes) {
        return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
    }
}
