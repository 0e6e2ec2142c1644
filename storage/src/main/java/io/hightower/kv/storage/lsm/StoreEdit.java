package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An edit that collects its changes beside the store and hands all of them over when it is published. <b>Confined to the
 * apply thread.</b>
 */
final class StoreEdit implements StateStore.Edit {
    /** Up to so many changes are searched one by one: most edits have one. */
    private static final int SEARCHED_ONE_BY_ONE = 8;

    private final LogStructuredStore store;
    private final Root before;
    private final List<Change> changes = new ArrayList<>(1);
    /** The last change of each key, once there are too many to search; null before that. */
    private @Nullable Map<Bytes, Change> lastByKey;

    private SystemRecords system;
    private boolean published;

    /** A record written, or a tombstone erased. */
    record Change(KeyRecord written, boolean erased) {}

    StoreEdit(LogStructuredStore store, Root before) {
        this.store = store;
        this.before = before;
        this.system = before.system();
    }

    @Override
    public Optional<KeyRecord> newest(Bytes key) {
        Change changed = lastChange(key);
        if (changed != null) {
            return changed.erased() ? Optional.empty() : Optional.of(changed.written());
        }
        return stored(key);
    }

    private Optional<KeyRecord> stored(Bytes key) {
        StoredVersion found = store.findNewest(before, key);
        return found == null || found.kind() == VersionKind.ERASED
                ? Optional.empty()
                : Optional.of(found.toRecord(key));
    }

    private @Nullable Change lastChange(Bytes key) {
        Map<Bytes, Change> index = lastByKey;
        if (index != null) {
            return index.get(key);
        }
        for (int i = changes.size() - 1; i >= 0; i--) {
            if (changes.get(i).written().key().equals(key)) {
                return changes.get(i);
            }
        }
        return null;
    }

    @Override
    public List<KeyRecord> live(KeyRange range) {
        List<KeyRecord> stored = store.live(range);
        return changes.isEmpty() ? stored : withChanges(stored, range);
    }

    private List<KeyRecord> withChanges(List<KeyRecord> stored, KeyRange range) {
        TreeMap<Bytes, KeyRecord> merged = new TreeMap<>();
        stored.forEach(found -> merged.put(found.key(), found));
        for (Change change : changes) {
            if (range.contains(change.written().key())) {
                if (change.erased() || !change.written().live()) {
                    merged.remove(change.written().key());
                } else {
                    merged.put(change.written().key(), change.written());
                }
            }
        }
        return new ArrayList<>(merged.values());
    }

    @Override
    public List<KeyRecord> tombstones(long throughRevision, int countMax) {
        // Each change hides at most one stored tombstone.
        int asked = (int) Math.min(Integer.MAX_VALUE, (long) countMax + changes.size());
        List<KeyRecord> oldest = new ArrayList<>();
        for (KeyRecord stored : store.oldestTombstones(before, throughRevision, asked)) {
            if (lastChange(stored.key()) == null) {
                oldest.add(stored);
            }
        }
        if (!changes.isEmpty()) {
            addChangedTombstones(oldest, throughRevision);
        }
        return oldest.size() > countMax ? new ArrayList<>(oldest.subList(0, countMax)) : oldest;
    }

    private void addChangedTombstones(List<KeyRecord> target, long throughRevision) {
        Map<Bytes, Change> last = new HashMap<>();
        changes.forEach(change -> last.put(change.written().key(), change));
        for (Change change : last.values()) {
            KeyRecord written = change.written();
            if (!change.erased() && !written.live() && written.modified().main() <= throughRevision) {
                target.add(written);
            }
        }
        target.sort(Comparator.comparing(KeyRecord::modified));
    }

    @Override
    public void write(KeyRecord written) {
        add(new Change(written, false));
    }

    @Override
    public void erase(KeyRecord tombstone) {
        InvariantViolation.check(
                !tombstone.live()
                        && newest(tombstone.key()).filter(tombstone::equals).isPresent(),
                "only a tombstone that is the newest record of its key is erased");
        add(new Change(tombstone, true));
    }

    private void add(Change change) {
        requireUnpublished();
        changes.add(change);
        if (lastByKey != null) {
            lastByKey.put(change.written().key(), change);
        } else if (changes.size() > SEARCHED_ONE_BY_ONE) {
            Map<Bytes, Change> index = new HashMap<>();
            changes.forEach(each -> index.put(each.written().key(), each));
            lastByKey = index;
        }
    }

    @Override
    public SystemRecords system() {
        return system;
    }

    @Override
    public void system(SystemRecords changed) {
        requireUnpublished();
        system = changed;
    }

    @Override
    public void publish(AppliedState after) {
        requireUnpublished();
        InvariantViolation.check(
                after.position().compareTo(before.applied().position()) > 0,
                "every published edit is at a later log position");
        InvariantViolation.check(
                after.systemHash() == system.hash(), "the scalars describe the system records that they come with");
        published = true;
        store.publish(this, before, after);
    }

    /** Returns the changes in the order of their revisions, which is the order in which commands make them. */
    List<Change> changesByRevision() {
        for (int i = 1; i < changes.size(); i++) {
            if (revisionAt(i - 1).compareTo(revisionAt(i)) > 0) {
                changes.sort(Comparator.comparing(change -> change.written().modified()));
                break;
            }
        }
        return changes;
    }

    private Revision revisionAt(int index) {
        return changes.get(index).written().modified();
    }

    private void requireUnpublished() {
        InvariantViolation.check(!published, "a published edit is not changed");
    }
}
