package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.TooLargeException;
import io.hightower.kv.statemachine.spi.CommitLog;
import io.hightower.kv.storage.file.CompleteFile;
import io.hightower.kv.storage.file.Disk;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A commit log in segment files: {@code log-00000000000000000001.log} and so on, each named by its first index.
 *
 * <p><b>Ordering.</b> Entries come back in the order in which they were appended; after a crash, a prefix of them. <b>
 * Durability.</b> {@link #commit} writes all entries since the last one with one write, syncs once if the {@link SyncPolicy}
 * says so, and then writes a mark that proves the sync. So opening can tell a torn tail, which it cuts off, from damage to
 * what was synced, which it refuses. <b>Threads.</b> Used by one thread at a time, except {@link #trim}. <b>Lifetime.</b>
 * Open, replay, use, close; the caller holds the directory's lock all the while. <b>Failure.</b> After a failed write or sync
 * every change is refused with the first cause until the log is reopened. Only a full disk leaves the log usable: the
 * entries since the last commit are gone from it, and their indexes are free again.
 */
public final class SegmentedCommitLog implements CommitLog {
    private static final String LEFTOVER_PREFIX = "log-";

    private final Disk disk;
    private final LogOptions options;
    private final Segments segments;
    private final LogMetrics metrics;
    private final RecordGroup group = RecordGroup.ofEntries();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private volatile boolean closed;
    private boolean replayed;
    private @Nullable SegmentWriter end;
    private long firstIndex;
    private long lastIndex;
    private long unsyncedBytes;
    private long unsyncedSince;

    private SegmentedCommitLog(Disk disk, LogOptions options, Segments segments) {
        this.disk = disk;
        this.options = options;
        this.segments = segments;
        this.metrics = new LogMetrics(options.metrics(), segments);
        this.firstIndex = segments.firstIndex().orElse(1);
    }

    /**
     * Opens the log of a directory, empty or not. {@link #replay} must follow, or {@link #reset}.
     *
     * @param disk the caller holds its lock
     */
    public static SegmentedCommitLog open(Disk disk, LogOptions options) {
        CompleteFile.deleteLeftovers(disk, LEFTOVER_PREFIX);
        // A process may have ended between renaming a new segment and syncing its name.
        disk.syncDirectory();
        return new SegmentedCommitLog(disk, options, Segments.find(disk));
    }

    @Override
    public long firstIndex() {
        long oldestSegment = segments.firstIndex().orElse(lastIndex + 1);
        return Math.max(firstIndex, oldestSegment);
    }

    /**
     * Returns the index of the newest entry; 0 when nothing was ever appended.
     *
     * @throws IllegalStateException before {@link #replay} or {@link #reset}
     */
    @Override
    public long lastIndex() {
        requireReplayed();
        return lastIndex;
    }

    @Override
    public void replay(long fromIndex, EntryVisitor visitor) {
        requireUsable();
        if (replayed) {
            throw new IllegalStateException("The commit log was replayed already");
        }
        LogRecovery recovery = new LogRecovery(disk, options.storeId(), segments, metrics);
        refusingAfterwards(() -> recovery.run(fromIndex, visitor));
        end = recovery.end();
        firstIndex = recovery.firstIndex();
        lastIndex = recovery.lastIndex();
        replayed = true;
    }

    @Override
    public void append(long index, Bytes payload) {
        requireUsable();
        requireReplayed();
        if (index != lastIndex + 1) {
            throw new IllegalArgumentException(
                    "Entries are appended without gaps: index=" + index + " lastIndex=" + lastIndex);
        }
        if (payload.length() > LogFormat.PAYLOAD_BYTES_MAX) {
            throw new TooLargeException("The entry", payload.length(), LogFormat.PAYLOAD_BYTES_MAX);
        }
        if (!group.hasRoomFor(payload.length())) {
            throw new IllegalStateException("Too much was appended without a commit: bytes=" + group.bytes());
        }
        group.addEntry(index, payload);
        lastIndex = index;
    }

    @Override
    public void commit() {
        requireUsable();
        write(false);
    }

    @Override
    public void sync() {
        requireUsable();
        write(true);
    }

    @Override
    public long syncDueNanos() {
        if (unsyncedBytes == 0 || !options.syncPolicy().isTimed()) {
            return NOTHING_TO_SYNC;
        }
        return Math.max(0, options.syncPolicy().unsyncedNanosMax() - unsyncedNanos());
    }

    private long unsyncedNanos() {
        return options.nanoClock().getAsLong() - unsyncedSince;
    }

    /** Writes the group, then syncs if that is forced or due. */
    private void write(boolean syncing) {
        try {
            if (!group.isEmpty()) {
                writeGroup(syncing);
            } else if (end != null && unsyncedBytes > 0 && (syncing || isSyncDue())) {
                syncAndMark(end, true);
            }
        } catch (DiskFullException e) {
            lastIndex -= group.count();
            throw e;
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            throw e;
        } finally {
            group.clear();
        }
    }

    private void writeGroup(boolean syncing) {
        SegmentWriter segment = segmentFor(group);
        long goodLength = segment.length();
        try {
            segment.write(group);
            count(segment);
            if (syncing || isSyncDue()) {
                syncAndMark(segment, false);
            }
        } catch (DiskFullException e) {
            segment.cutBack(goodLength);
            noteSynced(segment);
            throw e;
        }
    }

    private void count(SegmentWriter segment) {
        if (unsyncedBytes == 0 && options.syncPolicy().isTimed()) {
            unsyncedSince = options.nanoClock().getAsLong();
        }
        unsyncedBytes += group.bytes();
        segments.put(segment.firstIndex(), segment.length());
        metrics.bytes.add(group.bytes());
        metrics.entries.add(group.count());
        metrics.groups.add(1);
    }

    private boolean isSyncDue() {
        SyncPolicy policy = options.syncPolicy();
        return unsyncedBytes >= policy.unsyncedBytesMax()
                || (policy.isTimed() && unsyncedNanos() >= policy.unsyncedNanosMax());
    }

    /**
     * Syncs a segment and writes down that it is synced, before anybody is told.
     *
     * @param markMayFail whether the mark is left out when the disk is full: then the entries were acknowledged before
     */
    private void syncAndMark(SegmentWriter segment, boolean markMayFail) {
        syncSegment(segment);
        long goodLength = segment.length();
        try {
            segment.mark(lastIndex);
        } catch (DiskFullException e) {
            if (!markMayFail) {
                throw e;
            }
            segment.cutBack(goodLength);
        }
        segments.put(segment.firstIndex(), segment.length());
    }

    private void syncSegment(SegmentWriter segment) {
        long started = metrics.syncs.start();
        segment.sync();
        metrics.syncs.stop(started);
        unsyncedBytes = 0;
    }

    private void noteSynced(SegmentWriter segment) {
        unsyncedBytes = 0;
        segments.put(segment.firstIndex(), segment.length());
    }

    /** Returns the segment for a group: the last one if it has room, or a new one. */
    private SegmentWriter segmentFor(RecordGroup next) {
        SegmentWriter current = end;
        long nextIndex = lastIndex - next.count() + 1;
        if (current == null) {
            return beginSegment(nextIndex);
        }
        boolean empty = nextIndex == current.firstIndex();
        if (empty || current.length() + next.bytes() <= options.segmentBytes()) {
            return current;
        }
        if (!current.isSynced()) {
            // The last mark, at least. Recovery takes nothing unreadable in a segment that has a successor.
            syncSegment(current);
        }
        SegmentWriter successor = beginSegment(nextIndex);
        current.close();
        return successor;
    }

    private SegmentWriter beginSegment(long first) {
        SegmentWriter segment = SegmentWriter.create(disk, options.storeId(), first);
        segments.put(first, segment.length());
        end = segment;
        return segment;
    }

    @Override
    public void trim(long throughIndex) {
        requireUsable();
        // A segment that cannot be deleted does no harm; a failed sync of the directory must not be tried again.
        if (segments.trim(throughIndex)) {
            refusingAfterwards(disk::syncDirectory);
        }
    }

    /**
     * Deletes every entry; the next one appended has {@code nextIndex}. Durable on return.
     *
     * @throws IllegalArgumentException if {@code nextIndex} was used already: after power loss an old entry could stand there
     */
    @Override
    public void reset(long nextIndex) {
        requireUsable();
        if (nextIndex <= lastIndex || nextIndex < 1) {
            throw new IllegalArgumentException(
                    "An index is not used twice: nextIndex=" + nextIndex + " lastIndex=" + lastIndex);
        }
        group.clear();
        closeEnd();
        refusingAfterwards(() -> {
            segments.deleteAll();
            // Beginning a segment syncs the directory, and so makes the deletions durable.
            beginSegment(nextIndex);
        });
        firstIndex = nextIndex;
        lastIndex = nextIndex - 1;
        unsyncedBytes = 0;
        replayed = true;
    }

    @Override
    public long bytes() {
        return segments.bytes();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        try {
            SegmentWriter segment = end;
            if (replayed && failure.get() == null) {
                write(true);
                segment = end;
                if (segment != null && !segment.isSynced()) {
                    // The last mark, so that what was acknowledged is proven even after power loss.
                    syncSegment(segment);
                }
            }
        } finally {
            closed = true;
            // Once the caller gives the directory free, it may have a new user.
            segments.endTrimming();
            closeEnd();
        }
    }

    private void closeEnd() {
        SegmentWriter segment = end;
        end = null;
        if (segment != null) {
            segment.close();
        }
    }

    /** Does something that leaves the log unusable if it fails. */
    private void refusingAfterwards(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            throw e;
        }
    }

    private void requireReplayed() {
        if (!replayed) {
            throw new IllegalStateException("The commit log must be replayed first");
        }
    }

    private void requireUsable() {
        if (closed) {
            throw new IllegalStateException("The commit log is closed");
        }
        Throwable cause = failure.get();
        if (cause != null) {
            throw new StorageException(
                    "The commit log refuses changes after a failure, reopen the store: cause=" + cause.getMessage(),
                    cause);
        }
    }
}
