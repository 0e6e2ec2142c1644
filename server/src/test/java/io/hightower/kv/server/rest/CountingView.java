package io.hightower.kv.server.rest;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.spi.ReadView;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A view that counts the keys which its cursors show. */
record CountingView(ReadView view, AtomicLong keysRead) implements ReadView {
    @Override
    public long revision() {
        return view.revision();
    }

    @Override
    public long latestVersion() {
        return view.latestVersion();
    }

    @Override
    public long len() {
        return view.len();
    }

    @Override
    public Optional<KeyValue> get(Bytes key) {
        return view.get(key);
    }

    @Override
    public KeyCursor cursor(KeyRange range) {
        return new CountingCursor(view.cursor(range), keysRead);
    }

    @Override
    public void close() {
        view.close();
    }

    private record CountingCursor(KeyCursor cursor, AtomicLong keysRead) implements KeyCursor {
        @Override
        public boolean next() {
            return cursor.next();
        }

        @Override
        public KeyValue current() {
            keysRead.incrementAndGet();
            return cursor.current();
        }

        @Override
        public void close() {
            cursor.close();
        }
    }
}
