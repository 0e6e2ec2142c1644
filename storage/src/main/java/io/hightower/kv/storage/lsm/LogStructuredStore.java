package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.history.ChangeCursor;
import io.hightower.kv.storage.history.ChangeSelection;
import io.hightower.kv.storage.run.Run;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A state store in memtables and sorted tables: data may be far larger than memory.
 *
 * <p><b>Ordering.</b> A view shows one published root; opening it takes no lock and copies nothing. <b>Durability.</b> {@link
 * #durable} is the position of the newest manifest: everything up to it is in tables that are on the disk. Memtables are
 * flushed in the background when they are full, and by {@link #checkpoint}. <b>Threads.</b> Edits and {@link Staged#install}
 * are confined to the apply thread; the rest is thread-safe. Publishing an edit never waits for the disk. <b>Lifetime.</b>
 * The disk belongs to the caller, and no other store may use it meanwhile; closing waits for a running flush and ends a
 * running merge, and is for the time after the last edit. <b>Failure.</b> After a failed sync nothing is written any more
 * until the store is reopened; what can be read stays readable. A full disk is reported by {@link #problem} and tried again.
 */
public final class LogStructuredStore implements StateStore {
    private static final System.Logger LOGGER = System.getLogger(LogStructuredStore.class.getName());

    /** So old a memtable becomes at most once history was compacted; a tenth of a flush a second costs little. */
    private static final long RECLAIM_AFTER_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final StoreParts parts;
    private final Roots roots;
    private final ActiveMemtable active;
    private final Flusher flusher;
    private final Merging merging;
    private final Pressure pressure;
    private final Staging staging;

    /** No stored tombstone of an older main revision is left. Written by the apply thread. */
    private volatile long tombstonesFrom;

    LogStructuredStore(StoreParts parts, Roots roots) {
        this.parts = parts;
        this.roots = roots;
        this.active = new ActiveMemtable(parts, roots);
        this.merging = new Merging(parts);
        this.flusher = new Flusher(parts, roots, merging::start);
        this.pressure = new Pressure(parts, roots, flusher, merging);
        this.staging = new Staging(parts, roots);
    }

    /**
     * Opens the store that the disk holds, or an empty one, with two background threads of its own. Files that an
     * interrupted flush, merge or install left behind are deleted.
     *
     * @param disk the caller holds its lock
     * @param storeId the directory's identity, 16 bytes
     * @throws io.hightower.kv.statemachine.CorruptionException if the manifest, or what it names, is damaged or missing
     * @throws io.hightower.kv.statemachine.FormatException if it is not in a format that this release reads
     */
    public static LogStructuredStore open(Disk disk, Bytes storeId, StoreOptions options) {
        return open(disk, storeId, options, BackgroundWork.ownThreads());
    }

    /** As {@link #open(Disk, Bytes, StoreOptions)}, with flushes and merges run by {@code background}. */
    public static LogStructuredStore open(Disk disk, Bytes storeId, StoreOptions options, BackgroundWork background) {
        return StoreOpening.open(disk, storeId, options, background);
    }

    @Override
    public AppliedState applied() {
        return roots.current().applied();
    }

    @Override
    public Edit edit() {
        requireOpen();
        return new StoreEdit(this, roots.current());
    }

    /** Finds the newest version of a key, for the apply thread. */
    @Nullable
    StoredVersion findNewest(Root before, Bytes key) {
        long hash = key.hash64();
        StoredVersion found = before.findInMemory(key, hash, Run.NEWEST);
        if (found != null) {
            return found;
        }
        // A flush or merge may close the files of an older root at any time.
        Root pinned = roots.pin();
        try {
            return pinned.find(key, hash, Run.NEWEST);
        } finally {
            pinned.files().release();
        }
    }

    /** Returns the stored records in a range that hold a value, for the apply thread. */
    List<KeyRecord> live(KeyRange range) {
        List<KeyRecord> found = new ArrayList<>();
        Root pinned = roots.pin();
        try (VisibleVersions versions = VisibleVersions.newest(pinned)) {
            for (boolean stands = !range.isEmpty() && versions.firstValue(range);
                    stands;
                    stands = versions.nextValue()) {
                found.add(versions.record());
            }
        } finally {
            pinned.files().release();
        }
        return found;
    }

    /** Puts all changes of an edit into the memtable and shows them at once. */
    void publish(StoreEdit edit, Root before, AppliedState after) {
        boolean full = active.publish(edit, before.applied(), after);
        if (full && active.seal()) {
            flusher.start();
        }
    }

    /** Returns stored tombstones that are the newest records of their keys, by revision; for the apply thread. */
    List<KeyRecord> oldestTombstones(Root before, long throughRevision, int countMax) {
        List<KeyRecord> oldest = new ArrayList<>();
        if (countMax == 0) {
            return oldest;
        }
        Root root = roots.pin();
        InvariantViolation.check(
                root.applied().equals(before.applied()), "edits follow one another, and ask before they are published");
        long from = Math.max(tombstonesFrom, before.applied().releasedRevision() + 1);
        boolean first = true;
        try (ChangeCursor changes = root.changes().from(from, ChangeSelection.TOMBSTONES)) {
            while (oldest.size() < countMax && changes.next() && changes.main() <= throughRevision) {
                Bytes key = changes.key();
                StoredVersion newest = root.find(key, key.hash64(), Run.NEWEST);
                if (newest != null
                        && newest.kind() == VersionKind.TOMBSTONE
                        && newest.main() == changes.main()
                        && newest.sub() == changes.sub()) {
                    if (first) {
                        // What is not the newest record of its key now will never be it again.
                        tombstonesFrom = changes.main();
                        first = false;
                    }
                    oldest.add(newest.toRecord(key));
                }
            }
        } finally {
            root.files().release();
        }
        return oldest;
    }

    @Override
    public StoreView view() {
        requireOpen();
        return new PinnedView(roots.pin());
    }

    @Override
    public LogPosition durable() {
        return parts.committer().durable();
    }

    @Override
    public LogPosition checkpoint() {
        requireOpen();
        parts.poison().requireNone();
        LogPosition target = active.sealThrough(durable());
        if (durable().compareTo(target) < 0) {
            flusher.run();
            requireOpen();
        }
        return durable();
    }

    @Override
    public void compact() {
        checkpoint();
        merging.runAll();
    }

    @Override
    public void tend() {
        if (roots.isClosed() || parts.poison().cause().isPresent()) {
            return;
        }
        if (active.isOlderThan(flushAfterNanos())) {
            active.seal();
        }
        if (!roots.current().sealed().isEmpty()) {
            flusher.start();
        }
        merging.start();
    }

    /** History that was given up takes space until a manifest says so: then the flush is not put off for long. */
    private long flushAfterNanos() {
        long usual = parts.options().flushIntervalNanos();
        long durable = parts.committer().manifest().applied().compactRevision();
        boolean isReclaimable = parts.options().keepHistory() && applied().compactRevision() > durable;
        return isReclaimable ? Math.min(usual, RECLAIM_AFTER_NANOS) : usual;
    }

    @Override
    public long memoryBytes() {
        return parts.budget().used();
    }

    /** Returns the one budget of all that the store keeps in memory. */
    public MemoryBudget memory() {
        return parts.budget();
    }

    @Override
    public long writeDelayNanos() {
        return pressure.kibNanos();
    }

    @Override
    public Optional<Throwable> failure() {
        return parts.poison().cause();
    }

    @Override
    public Optional<String> problem() {
        return pressure.problem();
    }

    @Override
    public PinnedState pin() {
        checkpoint();
        Committer.Pinned pinned = parts.committer().pin();
        Root root = new Root(
                pinned.manifest().applied(),
                ActiveMemtable.emptySlice(),
                List.of(),
                pinned.files(),
                null,
                pinned.files().systemRecords(),
                pinned.manifest().historyFloor(),
                parts.options().keepHistory());
        return new PinnedFiles(parts, pinned.manifest(), new PinnedView(root));
    }

    /**
     * Makes a copy of the whole state in another directory, at one moment and in the time of a flush: the files are linked,
     * not copied. The directory is a store that can be opened on its own; durable on return.
     *
     * @param target an empty directory on the same file system
     */
    public void checkpointTo(Disk target) {
        try (PinnedState pinned = pin()) {
            ((PinnedFiles) pinned).linkTo(target);
        }
    }

    @Override
    public Staged stage(StateFiles source) throws IOException {
        requireOpen();
        parts.poison().requireNone();
        return new StagedState(this, staging.receive(source));
    }

    @Override
    public void discardIncoming() {
        requireOpen();
        staging.discardLeftovers();
    }

    /** Puts a staged state into the place of the live one. Confined to the apply thread. */
    void install(StagedFiles staged, LogPosition position) {
        if (position.compareTo(durable()) < 0) {
            throw new IllegalArgumentException("A state cannot be installed before what is durable: position="
                    + position + " durable=" + durable());
        }
        flusher.whileIdle(() -> merging.whileIdle(
                () -> active.replaceBy(slice -> staging.install(staged, position, slice, parts.newHotKeys()))));
        tombstonesFrom = 0;
        merging.start();
        LOGGER.log(
                System.Logger.Level.INFO,
                "State installed: position=" + position + " revision="
                        + staged.applied().revision());
    }

    void discard(StagedFiles staged) {
        staging.discard(staged);
    }

    @Override
    public void close() {
        merging.stop();
        flusher.stop();
        parts.background().close();
        // A checkpoint or compaction may run on a thread of its caller.
        flusher.whileIdle(() -> merging.whileIdle(() -> {
            active.close();
            roots.close();
        }));
    }

    private void requireOpen() {
        if (roots.isClosed()) {
            throw new IllegalStateException("The store is closed");
        }
    }
}
