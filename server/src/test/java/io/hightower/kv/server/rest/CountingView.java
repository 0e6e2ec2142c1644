package io.hightower.kv.server.rest;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.spi.ReadView;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A view that counts the keys which its cursors show, and whose disk fails after some. */
record CountingView(ReadView view, AtomicLong keysRead, long keysMax) implements ReadView {
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
    public long oldestRevision() {
        return view.oldestRevision();
    }

    @Override
    public ReadView at(long mainRevision) {
        return new CountingView(view.at(mainRevision), keysRead, keysMax);
    }

    @Override
    public KeyCursor cursor(KeyRange range, Order order) {
        return new CountingCursor(view.cursor(range, order), keysRead, keysMax);
    }

    @Override
    public void close() {
        view.close();
    }

    private record CountingCursor(KeyCursor cursor, AtomicLong keysRead, long keysMax) implements KeyCursor {
        @Override
        public boolean next() {
            return cursor.next();
        }

        @Override
        public void reset(KeyRange range) {
            cursor.reset(range);
        }

        @Override
        public KeyValue current() {
            if (keysRead.incrementAndGet() > keysMax) {
                throw new StorageException("The disk failed");
            }
            return cursor.current();
        }

        @Override
        public void close() {
            cursor.close();
        }
    }
}
