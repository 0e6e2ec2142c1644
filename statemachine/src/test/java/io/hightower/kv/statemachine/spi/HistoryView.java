package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.SystemRecords;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A view of a {@link HistoryStateStore} at one main revision. <b>Used by one thread at a time.</b> */
final class HistoryView implements StoreView {
    private final HistoryStateStore store;
    private final AppliedState applied;
    private final SystemRecords system;
    private final long revision;

    HistoryView(HistoryStateStore store, AppliedState applied, SystemRecords system, long revision) {
        this.store = store;
        this.applied = applied;
        this.system = system;
        this.revision = revision;
    }

    @Override
    public AppliedState applied() {
        return applied;
    }

    @Override
    public SystemRecords system() {
        return system;
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public long oldestRevision() {
        return Math.max(Revision.EMPTY_STORE, applied.compactRevision());
    }

    @Override
    public Optional<KeyValue> get(Bytes key) {
        HistoryStateStore.Versions versions = store.keys().get(key);
        return versions == null
                ? Optional.empty()
                : versions.at(revision).filter(KeyRecord::live).map(KeyRecord::toKeyValue);
    }

    @Override
    public ReadView at(long mainRevision) {
        requireReadable(mainRevision);
        return new HistoryView(store, applied, system, mainRevision);
    }

    private void requireReadable(long mainRevision) {
        if (mainRevision < oldestRevision() || mainRevision > applied.revision()) {
            throw new RevisionUnavailableException(mainRevision, oldestRevision(), applied.revision());
        }
    }

    @Override
    public RecordCursor recordsAt(long mainRevision) {
        requireReadable(mainRevision);
        return recordsOf(mainRevision);
    }

    @Override
    public RecordCursor records() {
        return recordsOf(revision);
    }

    private RecordCursor recordsOf(long mainRevision) {
        List<KeyRecord> records = new ArrayList<>();
        for (HistoryStateStore.Versions versions : store.keys().values()) {
            versions.at(mainRevision)
                    .filter(version -> !versions.isReleased(version))
                    .ifPresent(records::add);
        }
        return new Steps(records.iterator());
    }

    @Override
    public long oldestChange() {
        return oldestRevision();
    }

    @Override
    public RecordCursor changes(long fromRevision, Predicate<Bytes> wanted) {
        if (fromRevision < oldestChange()) {
            throw new RevisionUnavailableException(fromRevision, oldestChange(), revision);
        }
        return new Steps(store.changes().stream()
                .filter(change -> change.modified().main() >= fromRevision
                        && change.modified().main() <= revision
                        && wanted.test(change.key()))
                .iterator());
    }

    @Override
    public KeyCursor cursor(KeyRange range, Order order) {
        return new Keys(order, range);
    }

    private Iterator<KeyRecord> living(KeyRange range, Order order) {
        NavigableMap<Bytes, HistoryStateStore.Versions> keys =
                order == Order.ASCENDING ? store.keys() : store.keys().descendingMap();
        List<KeyRecord> living = new ArrayList<>();
        keys.forEach((key, versions) -> {
            if (range.contains(key)) {
                versions.at(revision).filter(KeyRecord::live).ifPresent(living::add);
            }
        });
        return living.iterator();
    }

    @Override
    public void close() {
        // Holds nothing.
    }

    private static final class Steps implements RecordCursor {
        private final Iterator<KeyRecord> rest;
        private @Nullable KeyRecord current;

        Steps(Iterator<KeyRecord> rest) {
            this.rest = rest;
        }

        @Override
        public boolean next() {
            current = rest.hasNext() ? rest.next() : null;
            return current != null;
        }

        @Override
        public KeyRecord current() {
            if (current == null) {
                throw new NoSuchElementException("The cursor stands on no record");
            }
            return current;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    private final class Keys implements KeyCursor {
        private final Order order;
        private Steps steps;

        Keys(Order order, KeyRange range) {
            this.order = order;
            this.steps = new Steps(living(range, order));
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
        public void reset(KeyRange range) {
            steps = new Steps(living(range, order));
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
