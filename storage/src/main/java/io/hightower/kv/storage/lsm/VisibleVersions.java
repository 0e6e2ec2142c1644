package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.spi.ReadView.Order;
import io.hightower.kv.storage.merge.MergedCursor;
import io.hightower.kv.storage.run.Run;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Moves over the keys of a root as they were at a main revision: of each key, the newest version that was written by then.
 * <b>Used by one thread at a time.</b>
 */
final class VisibleVersions implements AutoCloseable {
    private static final byte[] NO_BYTES = new byte[0];

    private final VersionCursor versions;
    private final long throughMain;
    private final Order order;
    private byte[] from = NO_BYTES;
    private byte @Nullable [] until;

    private VisibleVersions(Root root, long throughMain, Order order) {
        this.versions = MergedCursor.of(root.cursors());
        this.throughMain = throughMain;
        this.order = order;
    }

    static VisibleVersions newest(Root root) {
        return new VisibleVersions(root, Run.NEWEST, Order.ASCENDING);
    }

    static VisibleVersions of(Root root, long throughMain, Order order) {
        return new VisibleVersions(root, throughMain, order);
    }

    /** Moves to the first value of the range in the cursor's order; false if there is none. */
    boolean firstValue(KeyRange range) {
        return toValue(start(range));
    }

    /** Moves to the next value. Legal only after the last move returned true. */
    boolean nextValue() {
        return toValue(step());
    }

    /** Moves to the first record of the range, be it value or tombstone. */
    boolean firstRecord(KeyRange range) {
        return toRecord(start(range));
    }

    /** Moves to the next record. Legal only after the last move returned true. */
    boolean nextRecord() {
        return toRecord(step());
    }

    private boolean start(KeyRange range) {
        from = range.from().toByteArray();
        until = range.until().map(Bytes::toByteArray).orElse(null);
        if (order == Order.ASCENDING) {
            return from.length == 0 ? versions.first() : versions.seek(range.from());
        }
        return range.until().isPresent() ? versions.seekBefore(range.until().get()) : versions.last();
    }

    private boolean step() {
        return order == Order.ASCENDING ? versions.nextKey() : versions.previousKey();
    }

    private boolean toValue(boolean standing) {
        boolean standsOnKey = standing;
        while (standsOnKey && isInRange()) {
            if (toVisible() && versions.kind() == VersionKind.VALUE) {
                return true;
            }
            standsOnKey = step();
        }
        return false;
    }

    private boolean toRecord(boolean standing) {
        boolean standsOnKey = standing;
        while (standsOnKey && isInRange()) {
            if (toVisible() && versions.kind() != VersionKind.ERASED) {
                return true;
            }
            standsOnKey = step();
        }
        return false;
    }

    /** Moves to the newest version of the present key that was written by the revision. */
    private boolean toVisible() {
        while (versions.main() > throughMain) {
            if (!versions.nextVersion()) {
                return false;
            }
        }
        return true;
    }

    private boolean isInRange() {
        if (order == Order.DESCENDING) {
            return compareKey(from) >= 0;
        }
        byte[] end = until;
        return end == null || compareKey(end) < 0;
    }

    private int compareKey(byte[] other) {
        int offset = versions.keyOffset();
        return Arrays.compareUnsigned(
                versions.keyArray(), offset, offset + versions.keyLength(), other, 0, other.length);
    }

    KeyValue keyValue() {
        return new KeyValue(
                versions.key(),
                value(),
                versions.createRevision(),
                versions.main(),
                versions.version(),
                versions.writeVersion(),
                versions.lease());
    }

    KeyRecord record() {
        return new KeyRecord(
                versions.key(),
                versions.kind() == VersionKind.VALUE,
                value(),
                versions.createRevision(),
                new Revision(versions.main(), versions.sub()),
                versions.version(),
                versions.writeVersion(),
                versions.lease());
    }

    private Bytes value() {
        return Bytes.copyOf(versions.valueArray(), versions.valueOffset(), versions.valueLength());
    }

    @Override
    public void close() {
        versions.close();
    }
}
