package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.SystemRecords;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A state store in memory that keeps all history: each key has the list of what was ever written to it. For tests that read
 * older revisions; it makes nothing durable and exports nothing.
 *
 * <p>Views show their moment for as long as no tombstones are released. <b>Used by one thread at a time.</b>
 */
public final class HistoryStateStore implements StateStore {
    private final NavigableMap<Bytes, Versions> keys = new TreeMap<>();
    private final List<KeyRecord> changes = new ArrayList<>();
    private AppliedState applied = AppliedState.EMPTY;
    private SystemRecords system = SystemRecords.EMPTY;

    /** What was ever written to a key, oldest first, without what one command overwrote itself. */
    static final class Versions {
        private final List<KeyRecord> written = new ArrayList<>();

        /** Where the tombstones were written that are released. */
        private final Set<Revision> released = new HashSet<>();

        Optional<KeyRecord> newest() {
            return written.isEmpty()
                    ? Optional.empty()
                    : Optional.of(written.get(written.size() - 1)).filter(newest -> !isReleased(newest));
        }

        /** Returns what there was at a main revision, a released tombstone included. */
        Optional<KeyRecord> at(long mainRevision) {
            for (int i = written.size() - 1; i >= 0; i--) {
                if (written.get(i).modified().main() <= mainRevision) {
                    return Optional.of(written.get(i));
                }
            }
            return Optional.empty();
        }

        boolean isReleased(KeyRecord version) {
            return released.contains(version.modified());
        }

        private void write(KeyRecord version) {
            written.add(version);
        }

        private void releaseNewest() {
            released.add(written.get(written.size() - 1).modified());
        }

        private Optional<KeyRecord> overwrittenBy(KeyRecord version) {
            int last = written.size() - 1;
            boolean sameCommand = last >= 0
                    && written.get(last).modified().main() == version.modified().main();
            return sameCommand ? Optional.of(written.remove(last)) : Optional.empty();
        }
    }

    NavigableMap<Bytes, Versions> keys() {
        return keys;
    }

    List<KeyRecord> changes() {
        return changes;
    }

    @Override
    public AppliedState applied() {
        return applied;
    }

    @Override
    public Edit edit() {
        return new HistoryEdit();
    }

    @Override
    public StoreView view() {
        return new HistoryView(this, applied, system, applied.revision());
    }

    @Override
    public LogPosition durable() {
        return LogPosition.START;
    }

    @Override
    public LogPosition checkpoint() {
        return durable();
    }

    @Override
    public long memoryBytes() {
        return 0;
    }

    @Override
    public long writeDelayNanos() {
        return 0;
    }

    @Override
    public Optional<String> problem() {
        return Optional.empty();
    }

    @Override
    public void compact() {
        // Keeps everything.
    }

    @Override
    public PinnedState pin() {
        throw new UnsupportedOperationException("This store exports nothing");
    }

    @Override
    public Staged stage(StateFiles source) {
        throw new UnsupportedOperationException("This store installs nothing");
    }

    @Override
    public void close() {
        // Memory only.
    }

    /** Changes in the order in which they are made, and the newest of each key among them. */
    private final class HistoryEdit implements Edit {
        private final AppliedState base = applied;
        private final List<KeyRecord> writes = new ArrayList<>();
        private final NavigableMap<Bytes, Optional<KeyRecord>> changed = new TreeMap<>();
        private SystemRecords edited = system;

        @Override
        public Optional<KeyRecord> newest(Bytes key) {
            Optional<KeyRecord> here = changed.get(key);
            if (here != null) {
                return here;
            }
            Versions versions = keys.get(key);
            return versions == null ? Optional.empty() : versions.newest();
        }

        @Override
        public List<KeyRecord> live(KeyRange range) {
            return select(record -> record.live() && range.contains(record.key()));
        }

        private List<KeyRecord> select(java.util.function.Predicate<KeyRecord> which) {
            TreeMap<Bytes, KeyRecord> selected = new TreeMap<>();
            keys.forEach((key, versions) -> {
                Optional<KeyRecord> newest = versions.newest();
                if (newest.isPresent() && which.test(newest.get())) {
                    selected.put(key, newest.get());
                }
            });
            changed.forEach((key, newest) -> {
                selected.remove(key);
                if (newest.isPresent() && which.test(newest.get())) {
                    selected.put(key, newest.get());
                }
            });
            return List.copyOf(selected.values());
        }

        @Override
        public List<KeyRecord> tombstones(long throughRevision, int countMax) {
            return select(record -> !record.live() && record.modified().main() <= throughRevision).stream()
                    .sorted(Comparator.comparing(KeyRecord::modified))
                    .limit(countMax)
                    .toList();
        }

        @Override
        public void write(KeyRecord written) {
            writes.add(written);
            changed.put(written.key(), Optional.of(written));
        }

        @Override
        public void erase(KeyRecord tombstone) {
            InvariantViolation.check(
                    !tombstone.live() && newest(tombstone.key()).equals(Optional.of(tombstone)),
                    "only a tombstone that is the newest record of its key is erased");
            changed.put(tombstone.key(), Optional.empty());
        }

        @Override
        public SystemRecords system() {
            return edited;
        }

        @Override
        public void system(SystemRecords changedRecords) {
            edited = changedRecords;
        }

        @Override
        public void publish(AppliedState after) {
            InvariantViolation.check(base.equals(applied), "edits follow one another");
            for (KeyRecord written : writes) {
                Versions versions = keys.computeIfAbsent(written.key(), absent -> new Versions());
                versions.overwrittenBy(written).ifPresent(this::forget);
                versions.write(written);
                changes.add(written);
            }
            changed.forEach((key, newest) -> {
                if (newest.isEmpty()) {
                    keys.get(key).releaseNewest();
                }
            });
            applied = after;
            system = edited;
        }

        /** Takes a change out again; it is one of the last. */
        private void forget(KeyRecord overwritten) {
            int at = changes.size() - 1;
            while (!changes.get(at).equals(overwritten)) {
                at--;
            }
            changes.remove(at);
        }
    }
}
