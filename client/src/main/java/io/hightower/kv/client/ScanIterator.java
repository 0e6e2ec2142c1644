package io.hightower.kv.client;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A range, read page by page, one page ahead of the caller. Used by one thread at a time. */
final class ScanIterator implements Iterator<KeyAndValue> {
    private final KeyRange range;
    private final Function<KeyRange, CompletableFuture<ScanPage>> pages;
    private Iterator<KeyAndValue> page = Collections.emptyIterator();
    private Optional<CompletableFuture<ScanPage>> ahead;

    ScanIterator(KeyRange range, Function<KeyRange, CompletableFuture<ScanPage>> pages) {
        this.range = range;
        this.pages = pages;
        this.ahead = Optional.of(pages.apply(range));
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && ahead.isPresent()) {
            ScanPage arrived = Waiting.forRead(ahead.get());
            Optional<Bytes> nextKey = arrived.nextKey();
            ahead = nextKey.map(key -> pages.apply(range.resumingAt(key)));
            page = arrived.found().iterator();
        }
        return page.hasNext();
    }

    @Override
    public KeyAndValue next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The range is complete");
        }
        return page.next();
    }
}
