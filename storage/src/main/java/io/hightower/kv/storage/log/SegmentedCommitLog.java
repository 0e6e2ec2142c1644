package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
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
 * <p>The files are written in advance and used again for ever, so nobody else may keep a segment by a hard link: it would be
 * overwritten. Who wants the entries copies the files, or has some archived ({@link LogOptions#archivedSegments}).
 *
 * <p><b>Ordering.</b> Entries come back in the order in which they were appended; after a crash, a prefix of them. <b>
 * Durability.</b> {@link #commit} writes all entries since the last one with one write, which is durable on return if the
 * {@link SyncPolicy} says so, and then writes a mark that proves it. So opening can tell a torn tail, which it cuts off, from
 * damage to what was synced, which it refuses. <b>Threads.</b> Used by one thread at a time, except {@link #trim}. <b>
 * Lifetime.</b> Open, replay, use, close; the caller holds the directory's lock all the while. <b>Failure.</b> After a failed
 * write or sync every change is refused with the first cause until the log is reopened. Only a full disk leaves the log
 * usable, which shows when a segment is begun: the entries since the last commit are gone from it, and their indexes are free
 * again.
 */
public final class SegmentedCommitLog implements CommitLog {
    private final Disk disk;
    private final LogOptions options;
    private final SpareSegments spares;
    private final Segments segments;
    private final SegmentStart segmentStart;
    private final WriteBack writeBack;
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

    private SegmentedCommitLog(Disk disk, LogOptions options) {
        this.disk = disk;
        this.options = options;
        SegmentFiles files = new SegmentFiles(disk, options.storeId());
        this.spares = new SpareSegments(disk, files, options, cause -> failure.compareAndSet(null, cause));
        this.writeBack = new WriteBack(options.background(), cause -> failure.compareAndSet(null, cause));
        this.segments = Segments.find(disk, files, spares, options.archivedSegments());
        this.segmentStart = new SegmentStart(disk, files, segments, spares, options);
        this.metrics = new LogMetrics(options.metrics(), segments, spares);
        this.firstIndex = segments.firstIndex().orElse(1);
    }

    /**
     * Opens the log of a directory, empty or not. {@link #replay} must follow, or {@link #reset}.
     *
     * <p>An empty directory passes for that of a new store, so a log whose files were all deleted by hand goes unnoticed here.
     * A store that notes down elsewhere that its log was begun, with {@link #reset} on the first start, uses {@link
     * #openBegun} from then on.
     *
     * @param disk the caller holds its lock
     */
    public static SegmentedCommitLog open(Disk disk, LogOptions options) {
        for (LogFormat.Role role : LogFormat.Role.values()) {
            CompleteFile.deleteLeftovers(disk, role.prefix);
        }
        // A process may have ended between renaming a segment and syncing its name.
        disk.syncDirectory();
        return new SegmentedCommitLog(disk, options);
    }

    /**
     * As {@link #open}, for a log that was begun: since then there has always been a segment, however much was trimmed.
     *
     * @throws CorruptionException if there is none
     */
    public static SegmentedCommitLog openBegun(Disk disk, LogOptions options) {
        SegmentedCommitLog log = open(disk, options);
        if (log.segments.count() == 0) {
            throw new CorruptionException(LogFormat.fileName(1), 0, "a segment of the commit log", "no segment at all");
        }
        return log;
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
        SegmentWriter segment = end;
        if (segment != null && segment.end() > segment.fileBytes() / 2) {
            spares.request();
        }
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

    /** Writes the group, durably if that is forced or due; or makes durable what was written before. */
    private void write(boolean syncing) {
        try {
            if (!group.isEmpty()) {
                writeGroup(segmentForGroup(), syncing);
            } else if (end != null && unsyncedBytes > 0 && (syncing || isSyncDue(0))) {
                syncSegment(end);
                end.mark(lastIndex);
            }
        } catch (DiskFullException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            throw e;
        } finally {
            group.clear();
        }
    }

    private void writeGroup(SegmentWriter segment, boolean syncing) {
        if (unsyncedBytes == 0 && options.syncPolicy().isTimed()) {
            unsyncedSince = options.nanoClock().getAsLong();
        }
        boolean durably = syncing || isSyncDue(group.bytes());
        if (durably && segment.isSynced()) {
            long started = metrics.syncs.start();
            segment.writeDurably(group);
            metrics.syncs.stop(started);
        } else {
            segment.write(group);
            unsyncedBytes += group.bytes();
            if (durably) {
                syncSegment(segment);
            } else {
                writeBack.written(segment, group.bytes());
            }
        }
        if (durably) {
            segment.mark(lastIndex);
        }
        segments.reach(segment.firstIndex(), segment.end());
        metrics.bytes.add(group.bytes());
        metrics.entries.add(group.count());
        metrics.groups.add(1);
    }

    /** Tells whether a sync is due once so many more bytes are written. */
    private boolean isSyncDue(long moreBytes) {
        SyncPolicy policy = options.syncPolicy();
        return unsyncedBytes + moreBytes >= policy.unsyncedBytesMax()
                || (policy.isTimed() && unsyncedNanos() >= policy.unsyncedNanosMax());
    }

    private void syncSegment(SegmentWriter segment) {
        // The system reports a failed write-back to one sync only: it may have been the one in the background.
        writeBack.await();
        requireUsable();
        long started = metrics.syncs.start();
        segment.sync();
        metrics.syncs.stop(started);
        unsyncedBytes = 0;
    }

    /** Returns the segment for the group: the last one if it has room, or a new one. */
    private SegmentWriter segmentForGroup() {
        SegmentWriter current = end;
        if (current != null && current.hasRoomFor(group.bytes())) {
            return current;
        }
        if (current != null && !current.isSynced()) {
            // Recovery takes nothing unreadable in a segment that has a successor.
            syncSegment(current);
        }
        try {
            return beginSegment(lastIndex - group.count() + 1, group.bytes());
        } catch (DiskFullException e) {
            // Nothing of the group was written.
            lastIndex -= group.count();
            throw e;
        }
    }

    private SegmentWriter beginSegment(long first, long groupBytes) {
        SegmentWriter successor = segmentStart.begin(first, groupBytes);
        closeEnd();
        end = successor;
        return successor;
    }

    @Override
    public void trim(long throughIndex) {
        requireUsable();
        // A segment that cannot be moved or deleted does no harm; a failed sync of the directory must not be tried
        // again.
        segments.trim(throughIndex, () -> refusingAfterwards(disk::syncDirectory));
    }

    /**
     * Trims every entry; the next one appended has {@code nextIndex}. Durable on return.
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
        refusingAfterwards(() -> {
            // First the new one: at no moment is there a log without a segment.
            beginSegment(nextIndex, 0);
            segments.trim(nextIndex - 1, disk::syncDirectory);
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
        boolean finished = false;
        try {
            writeBack.await();
            if (replayed && failure.get() == null) {
                write(true);
                finishEnd();
                finished = true;
            }
        } finally {
            closed = true;
            // Once the caller gives the directory free, it may have a new user.
            segments.endTrimming();
            spares.end();
            if (finished) {
                spares.deleteAll();
            }
            closeEnd();
        }
    }

    private void finishEnd() {
        if (end != null) {
            end.finish(lastIndex);
        }
    }

    private void closeEnd() {
        SegmentWriter segment = end;
        end = null;
        if (segment != null) {
            writeBack.await();
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
