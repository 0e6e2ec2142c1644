package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.spi.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An edit on trees of its own, which share with the published root what did not change. <b>Confined to the apply thread.</b>
 */
final class StoreEdit implements StateStore.Edit {
    private final MemoryStateStore store;
    private final StoreRoot before;
    private RecordTree<Bytes> records;
    private RecordTree<Revision> tombstones;
    private long memoryBytes;
    private boolean published;

    StoreEdit(MemoryStateStore store, StoreRoot before) {
        this.store = store;
        this.before = before;
        this.records = before.records();
        this.tombstones = before.tombstones();
        this.memoryBytes = before.memoryBytes();
    }

    @Override
    public Optional<KeyRecord> newest(Bytes key) {
        return records.find(key);
    }

    @Override
    public List<KeyRecord> live(KeyRange range) {
        List<KeyRecord> found = new ArrayList<>();
        RangeCursor cursor = new RangeCursor(records, range);
        while (cursor.next()) {
            found.add(cursor.current());
        }
        return found;
    }

    @Override
    public List<KeyRecord> tombstones(long throughRevision, int countMax) {
        List<KeyRecord> found = new ArrayList<>();
        TreeCursor<Revision> cursor = tombstones.cursor();
        while (found.size() < countMax
                && cursor.next()
                && cursor.current().modified().main() <= throughRevision) {
            found.add(cursor.current());
        }
        return found;
    }

    @Override
    public void write(KeyRecord written) {
        requireUnpublished();
        records.find(written.key()).ifPresent(this::forget);
        records = records.with(written);
        memoryBytes += StoreRoot.memoryBytes(written);
        if (!written.live()) {
            tombstones = tombstones.with(written);
        }
    }

    @Override
    public void erase(KeyRecord tombstone) {
        requireUnpublished();
        InvariantViolation.check(
                !tombstone.live()
                        && records.find(tombstone.key())
                                .filter(tombstone::equals)
                                .isPresent(),
                "only a tombstone that is the newest record of its key is erased");
        forget(tombstone);
        records = records.without(tombstone.key());
    }

    private void forget(KeyRecord replaced) {
        memoryBytes -= StoreRoot.memoryBytes(replaced);
        if (!replaced.live()) {
            tombstones = tombstones.without(replaced.modified());
        }
    }

    @Override
    public void publish(AppliedState after) {
        requireUnpublished();
        InvariantViolation.check(
                after.position().compareTo(before.applied().position()) > 0,
                "every published edit is at a later log position");
        published = true;
        store.publish(before, new StoreRoot(records, tombstones, after, memoryBytes));
    }

    private void requireUnpublished() {
        InvariantViolation.check(!published, "a published edit is not changed");
    }
}
