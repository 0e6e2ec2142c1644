package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.spi.CommitLog;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads the log once after opening, hands out its entries, and makes its end fit to be continued.
 *
 * <ol>
 *   <li>Segments that end before the first entry wanted are left alone: a snapshot has them, and an interrupted trimming may
 *       have left gaps between them.
 *   <li>In all others every entry must be valid, and their indexes must follow one another, across segments too. A segment
 *       that has a successor ends with the entry before the successor's first; what stands behind is of no account.
 *   <li>Only at the end of the last segment may records be unreadable, and only where {@link TailProof} finds no proof that
 *       they were ever synced.
 *   <li>Whatever is not proven to be synced is written once more and synced. Without that, entries that are only in the
 *       operating system's memory, or that a failed sync has dropped from the disk, would be answered from now and gone after
 *       the next power loss.
 *   <li>The last segment is marked, and cut behind the mark. It is never continued: what power loss left behind its end could
 *       be taken for records again once others stand before it. The next entry begins a segment with a new epoch.
 * </ol>
 *
 * <p><b>Used by one thread at a time.</b>
 */
final class LogRecovery {
    private static final System.Logger LOGGER = System.getLogger(LogRecovery.class.getName());
    private static final int CHUNK_BYTES = 256 << 10;

    private final Disk disk;
    private final Bytes storeId;
    private final Segments segments;
    private final LogMetrics metrics;

    private long firstIndex;
    private long lastIndex;
    private long lastEpoch;

    LogRecovery(Disk disk, Bytes storeId, Segments segments, LogMetrics metrics) {
        this.disk = disk;
        this.storeId = storeId;
        this.segments = segments;
        this.metrics = metrics;
    }

    /** Reads everything from the segment that holds {@code fromIndex} on. */
    void run(long fromIndex, CommitLog.EntryVisitor visitor) {
        List<Long> present = segments.firstIndexes();
        if (present.isEmpty()) {
            firstIndex = 1;
            return;
        }
        List<Long> wanted = wanted(present, fromIndex);
        firstIndex = wanted.get(0);
        lastIndex = firstIndex - 1;
        for (int i = 0; i < wanted.size() - 1; i++) {
            readInner(wanted.get(i), wanted.get(i + 1) - 1, fromIndex, visitor);
        }
        readLast(wanted.get(wanted.size() - 1), fromIndex, visitor);
    }

    private static List<Long> wanted(List<Long> present, long fromIndex) {
        int start = -1;
        while (start + 1 < present.size() && present.get(start + 1) <= fromIndex) {
            start++;
        }
        if (start < 0) {
            long first = present.get(0);
            throw new CorruptionException(
                    LogFormat.fileName(first),
                    0,
                    "entries " + fromIndex + " to " + (first - 1) + " in a segment before this one",
                    "no such segment");
        }
        return present.subList(start, present.size());
    }

    /** Reads a segment that has a successor: all of it up to that was synced before the successor began. */
    private void readInner(long first, long last, long fromIndex, CommitLog.EntryVisitor visitor) {
        try (DiskFile file = disk.open(LogFormat.fileName(first))) {
            RecordReader reader = reader(file, first);
            visitEntries(reader, last, fromIndex, visitor);
            if (lastIndex < last) {
                throw reader.damage();
            }
            segments.reach(first, reader.end());
        }
    }

    private void readLast(long first, long fromIndex, CommitLog.EntryVisitor visitor) {
        try (DiskFile file = disk.open(LogFormat.fileName(first))) {
            RecordReader reader = reader(file, first);
            visitEntries(reader, Long.MAX_VALUE, fromIndex, visitor);
            if (isProven(file, reader)) {
                throw reader.damage();
            }
            settle(file, reader, first);
            segments.reach(first, reader.end());
        }
    }

    private RecordReader reader(DiskFile file, long first) {
        String name = file.name();
        if (first != lastIndex + 1) {
            throw new CorruptionException(name, 0, "first index " + (lastIndex + 1), "first index " + first);
        }
        long epoch = LogFormat.requireHeader(name, LogFormat.readHeader(file), storeId, first);
        if (epoch <= lastEpoch) {
            throw new CorruptionException(
                    name, LogFormat.EPOCH_OFFSET, "an epoch after " + lastEpoch, "epoch " + epoch);
        }
        lastEpoch = epoch;
        return new RecordReader(new FileWindow(file), new RecordChecksum(storeId, epoch), first);
    }

    /** Reads up to an entry, or to the last one that can be read. */
    private void visitEntries(RecordReader reader, long last, long fromIndex, CommitLog.EntryVisitor visitor) {
        while (lastIndex < last && reader.next() == RecordReader.Next.ENTRY) {
            lastIndex = reader.index();
            if (lastIndex >= fromIndex) {
                visitor.entry(lastIndex, reader.payload());
            }
        }
    }

    /** Tells whether the place where the entries end was ever synced with more in it. */
    private boolean isProven(DiskFile file, RecordReader reader) {
        TailProof proof =
                new TailProof(new FileWindow(file), new FileWindow(file), new RecordChecksum(storeId, lastEpoch));
        return proof.existsFor(reader.end());
    }

    private void settle(DiskFile file, RecordReader reader, long first) {
        long end = reader.end();
        long markedEnd = end + LogFormat.RECORD_HEADER_BYTES;
        if (reader.isMarked() && file.length() == markedEnd) {
            return;
        }
        if (!reader.isMarked()) {
            LOGGER.log(
                    Level.INFO,
                    "The end of the log is not marked; what follows it was never acknowledged as synced: file={0} offset={1}",
                    file.name(),
                    Long.toString(end));
            rewrite(file, reader.syncedUpTo(), end);
            sync(file);
            markIfPossible(file, end);
        }
        segments.shortened(first);
        if (file.length() > markedEnd) {
            file.truncate(markedEnd);
        }
        sync(file);
    }

    private void sync(DiskFile file) {
        long started = metrics.syncs.start();
        file.sync();
        metrics.syncs.stop(started);
    }

    /** Opening must work on a full disk; the entries are synced, only the proof of it has to wait for the next segment. */
    private void markIfPossible(DiskFile file, long end) {
        RecordGroup mark = RecordGroup.ofOneMark();
        mark.addMark(lastIndex);
        try {
            file.write(end, mark.seal(new RecordChecksum(storeId, lastEpoch), end, end));
        } catch (DiskFullException e) {
            file.truncate(end);
        }
    }

    private static void rewrite(DiskFile file, long from, long until) {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, until - from));
        FileWindow window = new FileWindow(file);
        for (long at = from; at < until; at += chunk.limit()) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), until - at));
            window.read(at, chunk.array(), chunk.limit());
            file.write(at, chunk);
        }
    }

    /** Returns the oldest index of which everything behind it was verified. */
    long firstIndex() {
        return firstIndex;
    }

    long lastIndex() {
        return lastIndex;
    }
}
