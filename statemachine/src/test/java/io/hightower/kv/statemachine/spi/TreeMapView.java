package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import java.util.Iterator;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Optional;

/** A view of a sorted map that nobody changes any more. <b>Thread-safe.</b> */
final class TreeMapView implements StoreView {
    private final NavigableMap<Bytes, KeyRecord> records;
    private final AppliedState applied;
    private volatile boolean closed;

    TreeMapView(NavigableMap<Bytes, KeyRecord> records, AppliedState applied) {
        this.records = records;
        this.applied = applied;
    }

    @Override
    public AppliedState applied() {
        requireOpen();
        return applied;
    }

    @Override
    public Optional<KeyValue> get(Bytes key) {
        requireOpen();
        return Optional.ofNullable(records.get(key)).filter(KeyRecord::live).map(KeyRecord::toKeyValue);
    }

    @Override
    public KeyCursor cursor(KeyRange range) {
        requireOpen();
        Iterator<KeyRecord> living = records.values().stream()
                .filter(entry -> entry.live() && range.contains(entry.key()))
                .iterator();
        return new Cursor(living);
    }

    @Override
    public RecordCursor records() {
        requireOpen();
        Steps steps = new Steps(records.values().iterator());
        return new RecordCursor() {
            @Override
            public boolean next() {
                return steps.next();
            }

            @Override
            public KeyRecord current() {
                return steps.current();
            }

            @Override
            public void close() {
                // Holds nothing.
            }
        };
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The view is closed");
        }
    }

    private final class Cursor implements KeyCursor {
        private final Steps steps;

        Cursor(Iterator<KeyRecord> living) {
            this.steps = new Steps(living);
        }

        @Override
        public boolean next() {
            return steps.next();
        }

        @Override
        public KeyValue current() {
            return steps.current().toKeyValue();
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    private final class Steps {
        private final Iterator<KeyRecord> rest;
        private Optional<KeyRecord> current = Optional.empty();

        Steps(Iterator<KeyRecord> rest) {
            this.rest = rest;
        }

        boolean next() {
            requireOpen();
            current = rest.hasNext() ? Optional.of(rest.next()) : Optional.empty();
            return current.isPresent();
        }

        KeyRecord current() {
            requireOpen();
            return current.orElseThrow(() -> new NoSuchElementException("The cursor stands on no record"));
        }
    }
}
