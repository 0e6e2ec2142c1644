package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.SystemRecords;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A state store in sorted maps: the plainest reading of {@link StateStore}, for tests. Each edit copies the whole map, so
 * it is meant for small states.
 *
 * <p><b>Durability.</b> What a checkpoint made durable is found again by {@link #reopen}; the rest is lost as in a crash.
 * <b>Threads.</b> As {@link StateStore} says.
 */
public final class TreeMapStateStore implements StateStore {
    private static final int RECORD_OVERHEAD_BYTES = 64;

    private volatile Moment live;
    private volatile Moment durable;
    private volatile boolean closed;

    /** Begins with an empty store. */
    public TreeMapStateStore() {
        this(Moment.EMPTY);
    }

    private TreeMapStateStore(Moment durable) {
        this.durable = durable;
        this.live = durable;
    }

    /** Closes this store and returns another one that contains what was durable. */
    public TreeMapStateStore reopen() {
        close();
        return new TreeMapStateStore(durable);
    }

    @Override
    public AppliedState applied() {
        return live.applied();
    }

    @Override
    public Edit edit() {
        requireOpen();
        return new TreeMapEdit(live);
    }

    @Override
    public StoreView view() {
        requireOpen();
        Moment now = live;
        return new TreeMapView(now.records(), now.applied(), now.system());
    }

    @Override
    public LogPosition durable() {
        return durable.applied().position();
    }

    @Override
    public LogPosition checkpoint() {
        requireOpen();
        Moment now = live;
        durable = now;
        return now.applied().position();
    }

    @Override
    public long memoryBytes() {
        long sum = 0;
        for (KeyRecord entry : live.records().values()) {
            sum += RECORD_OVERHEAD_BYTES + entry.key().length() + entry.value().length();
        }
        return sum;
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
        checkpoint();
    }

    @Override
    public PinnedState pin() {
        checkpoint();
        return new TreeMapPinned(view());
    }

    @Override
    public Staged stage(StateFiles source) throws IOException {
        requireOpen();
        if (source.files().size() != 1) {
            throw new FormatException("exported tree map", source.files().size() + " files", "one file");
        }
        StateFiles.StateFile file = source.files().get(0);
        TreeMapExport.Content content;
        try (InputStream exported = source.open(file, 0)) {
            content = TreeMapExport.read(exported.readAllBytes());
        }
        return new TreeMapStaged(new Moment(content.records(), content.applied(), content.system()));
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The store is closed");
        }
    }

    /** The whole store after one edit; the map is never changed again. */
    private record Moment(NavigableMap<Bytes, KeyRecord> records, AppliedState applied, SystemRecords system) {
        static final Moment EMPTY =
                new Moment(Collections.emptyNavigableMap(), AppliedState.EMPTY, SystemRecords.EMPTY);
    }

    private final class TreeMapEdit implements Edit {
        private final Moment base;
        private final NavigableMap<Bytes, KeyRecord> records;
        private SystemRecords system;

        TreeMapEdit(Moment base) {
            this.base = base;
            this.system = base.system();
            this.records = new TreeMap<>(base.records());
        }

        @Override
        public Optional<KeyRecord> newest(Bytes key) {
            return Optional.ofNullable(records.get(key));
        }

        @Override
        public List<KeyRecord> live(KeyRange range) {
            return records.values().stream()
                    .filter(entry -> entry.live() && range.contains(entry.key()))
                    .toList();
        }

        @Override
        public List<KeyRecord> tombstones(long throughRevision, int countMax) {
            return records.values().stream()
                    .filter(entry -> !entry.live() && entry.modified().main() <= throughRevision)
                    .sorted(Comparator.comparing(KeyRecord::modified))
                    .limit(countMax)
                    .toList();
        }

        @Override
        public void write(KeyRecord written) {
            records.put(written.key(), written);
        }

        @Override
        public void erase(KeyRecord tombstone) {
            InvariantViolation.check(
                    !tombstone.live() && tombstone.equals(records.get(tombstone.key())),
                    "only a tombstone that is the newest record of its key is erased");
            records.remove(tombstone.key());
        }

        @Override
        public SystemRecords system() {
            return system;
        }

        @Override
        public void system(SystemRecords changed) {
            system = changed;
        }

        @Override
        public void publish(AppliedState after) {
            requireOpen();
            InvariantViolation.check(base.applied().equals(live.applied()), "edits follow one another");
            live = new Moment(Collections.unmodifiableNavigableMap(records), after, system);
        }
    }

    private final class TreeMapStaged implements Staged {
        private final Moment staged;

        TreeMapStaged(Moment staged) {
            this.staged = staged;
        }

        @Override
        public AppliedState applied() {
            return staged.applied();
        }

        @Override
        public void install(LogPosition position) {
            requireOpen();
            InvariantViolation.check(position.compareTo(durable()) >= 0, "what is durable never goes back");
            Moment installed = new Moment(staged.records(), staged.applied().at(position), staged.system());
            live = installed;
            durable = installed;
        }

        @Override
        public void close() {
            // Memory only.
        }
    }
}
