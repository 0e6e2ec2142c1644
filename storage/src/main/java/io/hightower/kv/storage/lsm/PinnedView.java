package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.storage.history.ChangeCursor;
import io.hightower.kv.storage.history.ChangeSelection;
import io.hightower.kv.storage.hot.HotKeyIndex;
import io.hightower.kv.storage.run.Run;
import io.hightower.kv.storage.run.StoredVersion;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A view that holds on to one root and its files. Thread-safe; cursors are used by one thread at a time, and end with the
 * view.
 */
final class PinnedView implements StoreView {
    private final Root root;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes over the retained files of the root. */
    PinnedView(Root pinned) {
        this.root = pinned;
    }

    @Override
    public AppliedState applied() {
        requireOpen();
        return root.applied();
    }

    @Override
    public SystemRecords system() {
        requireOpen();
        return root.system();
    }

    @Override
    public long oldestRevision() {
        requireOpen();
        return root.oldestRevision();
    }

    @Override
    public Optional<KeyValue> get(Bytes key) {
        requireOpen();
        HotKeyIndex hot = root.hot();
        return hot == null ? get(key, key.hash64(), Run.NEWEST) : getThrough(hot, key);
    }

    private Optional<KeyValue> getThrough(HotKeyIndex hot, Bytes key) {
        long hash = key.hash64();
        long revision = root.applied().revision();
        StoredVersion found = root.findInMemory(key, hash, Run.NEWEST);
        if (found != null) {
            return shown(key, found);
        }
        KeyValue known = hot.find(key, hash, revision);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<KeyValue> cold = shown(key, root.files().find(key, hash, Run.NEWEST));
        cold.ifPresent(value -> hot.promote(hash, value, revision));
        return cold;
    }

    private Optional<KeyValue> get(Bytes key, long hash, long throughMain) {
        return shown(key, root.find(key, hash, throughMain));
    }

    private static Optional<KeyValue> shown(Bytes key, @Nullable StoredVersion found) {
        return found == null || !found.isValue()
                ? Optional.empty()
                : Optional.of(new KeyValue(
                        key,
                        found.value(),
                        found.createRevision(),
                        found.main(),
                        found.version(),
                        found.writeVersion(),
                        found.lease()));
    }

    @Override
    public KeyCursor cursor(KeyRange range, Order order) {
        return new LiveCursor(range, Run.NEWEST, order);
    }

    @Override
    public ReadView at(long mainRevision) {
        requireReadable(mainRevision);
        return new OlderView(mainRevision);
    }

    private void requireReadable(long mainRevision) {
        requireOpen();
        long newest = root.applied().revision();
        if (mainRevision < root.oldestRevision() || mainRevision > newest) {
            throw new RevisionUnavailableException(mainRevision, root.oldestRevision(), newest);
        }
    }

    @Override
    public RecordCursor records() {
        return new EveryRecord(Run.NEWEST);
    }

    @Override
    public RecordCursor recordsAt(long mainRevision) {
        requireReadable(mainRevision);
        return new EveryRecord(mainRevision);
    }

    @Override
    public long oldestChange() {
        requireOpen();
        return root.oldestChange();
    }

    @Override
    public RecordCursor changes(long fromRevision, Predicate<Bytes> wanted) {
        requireOpen();
        if (fromRevision < root.oldestChange()) {
            throw new RevisionUnavailableException(
                    fromRevision, root.oldestChange(), root.applied().revision());
        }
        return new Changes(root.changes().from(fromRevision, ChangeSelection.ALL), wanted);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            root.files().release();
        }
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("The view is closed");
        }
    }

    /** The view at an older revision; lives as long as its owner. */
    private final class OlderView implements ReadView {
        private final long main;

        OlderView(long main) {
            this.main = main;
        }

        @Override
        public long revision() {
            return main;
        }

        @Override
        public long oldestRevision() {
            return PinnedView.this.oldestRevision();
        }

        @Override
        public long latestVersion() {
            return PinnedView.this.latestVersion();
        }

        @Override
        public long len() {
            return PinnedView.this.len();
        }

        @Override
        public Optional<KeyValue> get(Bytes key) {
            requireOpen();
            return PinnedView.this.get(key, key.hash64(), main);
        }

        @Override
        public KeyCursor cursor(KeyRange range, Order order) {
            return new LiveCursor(range, main, order);
        }

        @Override
        public ReadView at(long mainRevision) {
            return PinnedView.this.at(mainRevision);
        }

        @Override
        public void close() {
            // The owner holds what is shown.
        }
    }

    /** Where a cursor stands, and that it is open. */
    private abstract class Standing {
        private boolean begun;
        private boolean standing;
        private boolean cursorClosed;

        boolean move() {
            requireUsable();
            standing = begun ? standing && step() : begin();
            begun = true;
            return standing;
        }

        abstract boolean begin();

        abstract boolean step();

        void requireStanding() {
            requireUsable();
            if (!standing) {
                throw new IllegalStateException("The cursor stands on nothing");
            }
        }

        void beginAnew() {
            requireUsable();
            begun = false;
        }

        void requireUsable() {
            requireOpen();
            if (cursorClosed) {
                throw new IllegalStateException("The cursor is closed");
            }
        }

        boolean closeOnce() {
            boolean first = !cursorClosed;
            cursorClosed = true;
            return first;
        }
    }

    private final class LiveCursor extends Standing implements KeyCursor {
        private final VisibleVersions versions;
        private KeyRange range;

        LiveCursor(KeyRange range, long throughMain, Order order) {
            requireOpen();
            this.range = range;
            this.versions = VisibleVersions.of(root, throughMain, order);
        }

        @Override
        boolean begin() {
            return !range.isEmpty() && versions.firstValue(range);
        }

        @Override
        boolean step() {
            return versions.nextValue();
        }

        @Override
        public boolean next() {
            return move();
        }

        @Override
        public KeyValue current() {
            requireStanding();
            return versions.keyValue();
        }

        @Override
        public void reset(KeyRange next) {
            beginAnew();
            range = next;
        }

        @Override
        public void close() {
            if (closeOnce()) {
                versions.close();
            }
        }
    }

    private final class EveryRecord extends Standing implements RecordCursor {
        private final VisibleVersions versions;

        EveryRecord(long throughMain) {
            requireOpen();
            this.versions = VisibleVersions.of(root, throughMain, Order.ASCENDING);
        }

        @Override
        boolean begin() {
            return versions.firstRecord(KeyRange.all());
        }

        @Override
        boolean step() {
            return versions.nextRecord();
        }

        @Override
        public boolean next() {
            return move();
        }

        @Override
        public KeyRecord current() {
            requireStanding();
            return versions.record();
        }

        @Override
        public void close() {
            if (closeOnce()) {
                versions.close();
            }
        }
    }

    private final class Changes extends Standing implements RecordCursor {
        private final ChangeCursor changes;
        private final Predicate<Bytes> wanted;
        private @Nullable KeyRecord current;

        Changes(ChangeCursor changes, Predicate<Bytes> wanted) {
            this.changes = changes;
            this.wanted = wanted;
        }

        @Override
        boolean begin() {
            return step();
        }

        @Override
        boolean step() {
            while (changes.next()) {
                if (changes.main() > root.applied().revision()) {
                    return false;
                }
                Bytes key = changes.key();
                StoredVersion written = wanted.test(key) ? root.find(key, key.hash64(), changes.main()) : null;
                if (written != null && written.main() == changes.main() && written.sub() == changes.sub()) {
                    current = recordOf(key, written);
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean next() {
            return move();
        }

        @Override
        public KeyRecord current() {
            requireStanding();
            return Objects.requireNonNull(current);
        }

        @Override
        public void close() {
            if (closeOnce()) {
                changes.close();
            }
        }
    }

    /** A released tombstone is a deletion in history, whoever counts it. */
    private static KeyRecord recordOf(Bytes key, StoredVersion written) {
        return written.isValue()
                ? written.toRecord(key)
                : KeyRecord.tombstone(key, new Revision(written.main(), written.sub()), written.writeVersion());
    }
}
