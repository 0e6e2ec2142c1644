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
import org.jspecify.annotations.Nullable;

/**
 * Reads the log once after opening, hands out its entries, and makes its end fit to be continued.
 *
 * <ol>
 *   <li>Segments that end before the first entry wanted are left alone: a snapshot has them, and an interrupted trimming may
 *       have left gaps between them.
 *   <li>In all others every record must be valid, and their indexes must follow one another, across segments too.
 *   <li>Only at the end of the last segment may records be unreadable, and only where {@link TailProof} finds no proof that
 *       they were ever synced. That torn tail is cut off.
 *   <li>Whatever is not proven to be synced is written once more and synced. Without that, entries that are only in the
 *       operating system's memory, or that a failed sync has dropped from the disk, would be answered from now and gone after
 *       the next power loss.
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
    private @Nullable SegmentWriter end;

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
        for (int i = 0; i < wanted.size(); i++) {
            boolean last = i == wanted.size() - 1;
            readSegment(wanted.get(i), last, fromIndex, visitor);
        }
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

    private void readSegment(long first, boolean last, long fromIndex, CommitLog.EntryVisitor visitor) {
        String name = LogFormat.fileName(first);
        if (first != lastIndex + 1) {
            throw new CorruptionException(name, 0, "first index " + (lastIndex + 1), "first index " + first);
        }
        DiskFile file = disk.open(name);
        boolean kept = false;
        try {
            FileWindow window = new FileWindow(file);
            requireHeader(window, first);
            RecordReader reader = new RecordReader(window, new RecordChecksum(storeId, first), first);
            boolean torn = visitRecords(reader, fromIndex, visitor) == RecordReader.Next.INVALID;
            if (torn && (!last || isProven(file, reader, first))) {
                throw reader.damage();
            }
            if (last) {
                end = settle(file, reader, window.length(), first);
                kept = true;
            }
            segments.put(first, last && end != null ? end.length() : window.length());
        } finally {
            if (!kept) {
                file.close();
            }
        }
    }

    private void requireHeader(FileWindow window, long first) {
        byte[] header = new byte[(int) Math.min(LogFormat.HEADER_BYTES, window.length())];
        window.read(0, header, header.length);
        LogFormat.requireHeader(window.name(), header, storeId, first);
    }

    private RecordReader.Next visitRecords(RecordReader reader, long fromIndex, CommitLog.EntryVisitor visitor) {
        while (true) {
            RecordReader.Next next = reader.next();
            if (next == RecordReader.Next.END || next == RecordReader.Next.INVALID) {
                return next;
            }
            if (next == RecordReader.Next.ENTRY) {
                lastIndex = reader.index();
                if (lastIndex >= fromIndex) {
                    visitor.entry(lastIndex, reader.payload());
                }
            }
        }
    }

    private boolean isProven(DiskFile file, RecordReader reader, long first) {
        TailProof proof = new TailProof(new FileWindow(file), new FileWindow(file), new RecordChecksum(storeId, first));
        return proof.existsFor(reader.end());
    }

    private SegmentWriter settle(DiskFile file, RecordReader reader, long length, long first) {
        long goodLength = reader.end();
        if (goodLength < length) {
            LOGGER.log(
                    Level.WARNING,
                    "A torn tail is cut off, it was never acknowledged as synced: file={0} offset={1} bytes={2}",
                    file.name(),
                    Long.toString(goodLength),
                    Long.toString(length - goodLength));
            file.truncate(goodLength);
        }
        if (goodLength < length || reader.syncedUpTo() < goodLength) {
            rewrite(file, reader.syncedUpTo(), goodLength);
            long started = metrics.syncs.start();
            file.sync();
            metrics.syncs.stop(started);
        }
        SegmentWriter writer = SegmentWriter.resume(file, storeId, first, goodLength);
        if (reader.entriesEnd() > reader.syncedUpTo()) {
            markIfPossible(writer);
        }
        return writer;
    }

    /** Opening must work on a full disk; the entries are synced, only the proof of it has to wait for the next one. */
    private void markIfPossible(SegmentWriter writer) {
        long goodLength = writer.length();
        try {
            writer.mark(lastIndex);
        } catch (DiskFullException e) {
            writer.cutBack(goodLength);
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

    /** Returns the last segment, ready to be continued; null if there is none. */
    @Nullable
    SegmentWriter end() {
        return end;
    }
}
