package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StoreView;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A view that holds on to one root. Opening it costs nothing but the object; what it keeps in memory is what later edits
 * replaced.
 *
 * <p>Thread-safe; cursors are used by one thread at a time. Open cursors end with their view.
 */
final class PinnedView implements StoreView {
    /** Null when the view is closed. */
    private volatile @Nullable StoreRoot pinned;

    PinnedView(StoreRoot pinned) {
        this.pinned = pinned;
    }

    @Override
    public AppliedState applied() {
        return root().applied();
    }

    @Override
    public Optional<KeyValue> get(Bytes key) {
        return root().records().find(key).filter(KeyRecord::live).map(KeyRecord::toKeyValue);
    }

    @Override
    public KeyCursor cursor(KeyRange range, Order order) {
        if (order == Order.DESCENDING) {
            throw new UnsupportedOperationException("Descending");
        }
        return new LiveCursor(new RangeCursor(root().records(), range));
    }

    @Override
    public long oldestRevision() {
        return revision();
    }

    @Override
    public ReadView at(long mainRevision) {
        throw new RevisionUnavailableException(mainRevision, revision(), revision());
    }

    @Override
    public RecordCursor changes(long fromRevision) {
        throw new RevisionUnavailableException(fromRevision, revision() + 1, revision());
    }

    @Override
    public RecordCursor records() {
        return new EveryCursor(root().records().cursor());
    }

    @Override
    public void close() {
        pinned = null;
    }

    private StoreRoot root() {
        StoreRoot root = pinned;
        if (root == null) {
            throw new IllegalStateException("The view is closed");
        }
        return root;
    }

    /** Throws if the view is closed, or the cursor, whose {@code tree} is null then. */
    private <T> T open(@Nullable T tree) {
        root();
        if (tree == null) {
            throw new IllegalStateException("The cursor is closed");
        }
        return tree;
    }

    private final class LiveCursor implements KeyCursor {
        private @Nullable RangeCursor cursor;

        LiveCursor(RangeCursor cursor) {
            this.cursor = cursor;
        }

        @Override
        public boolean next() {
            return open(cursor).next();
        }

        @Override
        public void reset(KeyRange range) {
            cursor = new RangeCursor(root().records(), range);
        }

        @Override
        public KeyValue current() {
            return open(cursor).current().toKeyValue();
        }

        @Override
        public void close() {
            cursor = null;
        }
    }

    private final class EveryCursor implements RecordCursor {
        private @Nullable TreeCursor<Bytes> cursor;

        EveryCursor(TreeCursor<Bytes> cursor) {
            this.cursor = cursor;
        }

        @Override
        public boolean next() {
            return open(cursor).next();
        }

        @Override
        public KeyRecord current() {
            return open(cursor).current();
        }

        @Override
        public void close() {
            cursor = null;
        }
    }
}
