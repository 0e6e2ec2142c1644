package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.SystemRecords;
import java.util.Collections;
import java.util.Iterator;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Predicate;

/** A view of a sorted map that nobody changes any more. <b>Thread-safe.</b> */
final class TreeMapView implements StoreView {
    private final NavigableMap<Bytes, KeyRecord> records;
    private final AppliedState applied;
    private final SystemRecords system;
    private volatile boolean closed;

    TreeMapView(NavigableMap<Bytes, KeyRecord> records, AppliedState applied, SystemRecords system) {
        this.records = records;
        this.applied = applied;
        this.system = system;
    }

    @Override
    public SystemRecords system() {
        requireOpen();
        return system;
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
    public KeyCursor cursor(KeyRange range, Order order) {
        return new Cursor(living(range, order), order);
    }

    private Iterator<KeyRecord> living(KeyRange range, Order order) {
        requireOpen();
        return (order == Order.ASCENDING ? records : records.descendingMap())
                .values().stream()
                        .filter(entry -> entry.live() && range.contains(entry.key()))
                        .iterator();
    }

    @Override
    public long oldestRevision() {
        return revision();
    }

    @Override
    public ReadView at(long mainRevision) {
        requireOpen();
        requireNewest(mainRevision);
        return new TreeMapView(records, applied, system);
    }

    private void requireNewest(long mainRevision) {
        if (mainRevision != revision()) {
            throw new RevisionUnavailableException(mainRevision, revision(), revision());
        }
    }

    @Override
    public RecordCursor recordsAt(long mainRevision) {
        requireNewest(mainRevision);
        return records();
    }

    @Override
    public long oldestChange() {
        return revision() + 1;
    }

    @Override
    public RecordCursor changes(long fromRevision, Predicate<Bytes> wanted) {
        requireOpen();
        if (fromRevision < oldestChange()) {
            throw new RevisionUnavailableException(fromRevision, oldestChange(), revision());
        }
        return recordsOf(Collections.emptyIterator());
    }

    @Override
    public RecordCursor records() {
        return recordsOf(records.values().iterator());
    }

    private RecordCursor recordsOf(Iterator<KeyRecord> shown) {
        requireOpen();
        Steps steps = new Steps(shown);
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
        private final Order order;
        private Steps steps;

        Cursor(Iterator<KeyRecord> living, Order order) {
            this.order = order;
            this.steps = new Steps(living);
        }

        @Override
        public void reset(KeyRange range) {
            steps = new Steps(living(range, order));
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
