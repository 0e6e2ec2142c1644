package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.spi.CommitLog;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads a commit log as {@link LogRecovery} does, with the same demands, and changes nothing. <b>Used by one thread at a
 * time.</b>
 */
public final class LogCheck {
    private final Disk disk;
    private final Bytes storeId;
    private long lastIndex;
    private long lastEpoch;

    private LogCheck(Disk disk, Bytes storeId) {
        this.disk = disk;
        this.storeId = storeId;
    }

    /**
     * What was found of a log that can be opened.
     *
     * @param segments how many segments were read
     * @param lastIndex index of the last entry; 0 if there is no segment
     * @param tail name of the last segment; empty if there is none
     * @param tailOffset where its entries end
     * @param torn whether something stands there that is no entry and no mark, and that was never acknowledged as synced
     */
    public record Found(int segments, long lastIndex, String tail, long tailOffset, boolean torn) {}

    /** Is told what is read, in its order. */
    public interface Visitor extends CommitLog.EntryVisitor {
        /** Says which file is read next. */
        void segment(String fileName);
    }

    /**
     * Reads every entry from the segment that holds {@code fromIndex} on, and hands out those from {@code fromIndex} on.
     *
     * @throws CorruptionException naming the first place at which opening the log would fail
     * @throws io.hightower.kv.statemachine.FormatException if a segment is in a format that this release does not read
     */
    public static Found run(Disk disk, Bytes storeId, long fromIndex, Visitor visitor) {
        return new LogCheck(disk, storeId).run(fromIndex, visitor);
    }

    /** Tells whether a file of that name is a segment of a log: in use, archived or spare. */
    public static boolean isSegmentName(String name) {
        for (LogFormat.Role role : LogFormat.Role.values()) {
            if (role.number(name).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** Tells whether a file of that name holds entries that recovery reads. */
    public static boolean isLogName(String name) {
        return LogFormat.Role.ENTRIES.number(name).isPresent();
    }

    private Found run(long fromIndex, Visitor visitor) {
        List<Long> wanted = wanted(fromIndex);
        if (wanted.isEmpty()) {
            return new Found(0, 0, "", 0, false);
        }
        lastIndex = wanted.get(0) - 1;
        for (int i = 0; i < wanted.size() - 1; i++) {
            readInner(wanted.get(i), wanted.get(i + 1) - 1, fromIndex, visitor);
        }
        return readLast(wanted.get(wanted.size() - 1), wanted.size(), fromIndex, visitor);
    }

    /** Segments that end before the first entry wanted are left alone, as recovery leaves them. */
    private List<Long> wanted(long fromIndex) {
        List<Long> present = new ArrayList<>();
        for (String name : disk.list()) {
            OptionalLong number = LogFormat.Role.ENTRIES.number(name);
            number.ifPresent(present::add);
        }
        present.sort(null);
        int start = -1;
        while (start + 1 < present.size() && present.get(start + 1) <= fromIndex) {
            start++;
        }
        if (start < 0 && !present.isEmpty()) {
            long first = present.get(0);
            throw new CorruptionException(
                    LogFormat.fileName(first),
                    0,
                    "entries " + fromIndex + " to " + (first - 1) + " in a segment before this one",
                    "no such segment");
        }
        return present.subList(Math.max(0, start), present.size());
    }

    private void readInner(long first, long last, long fromIndex, Visitor visitor) {
        visitor.segment(LogFormat.fileName(first));
        try (DiskFile file = disk.open(LogFormat.fileName(first))) {
            RecordReader reader = reader(file, first);
            visitEntries(reader, last, fromIndex, visitor);
            if (lastIndex < last) {
                throw reader.damage();
            }
        }
    }

    private Found readLast(long first, int segments, long fromIndex, Visitor visitor) {
        visitor.segment(LogFormat.fileName(first));
        try (DiskFile file = disk.open(LogFormat.fileName(first))) {
            RecordReader reader = reader(file, first);
            visitEntries(reader, Long.MAX_VALUE, fromIndex, visitor);
            TailProof proof =
                    new TailProof(new FileWindow(file), new FileWindow(file), new RecordChecksum(storeId, lastEpoch));
            if (proof.existsFor(reader.end())) {
                throw reader.damage();
            }
            boolean torn = !reader.isMarked() && reader.end() < file.length();
            return new Found(segments, lastIndex, file.name(), reader.end(), torn);
        }
    }

    private RecordReader reader(DiskFile file, long first) {
        long epoch = LogFormat.requireHeader(file.name(), LogFormat.readHeader(file), storeId, first);
        if (epoch <= lastEpoch) {
            throw new CorruptionException(
                    file.name(), LogFormat.EPOCH_OFFSET, "an epoch after " + lastEpoch, "epoch " + epoch);
        }
        lastEpoch = epoch;
        return new RecordReader(new FileWindow(file), new RecordChecksum(storeId, epoch), first);
    }

    private void visitEntries(RecordReader reader, long last, long fromIndex, Visitor visitor) {
        while (lastIndex < last && reader.next() == RecordReader.Next.ENTRY) {
            lastIndex = reader.index();
            if (lastIndex >= fromIndex) {
                visitor.entry(lastIndex, reader.payload());
            }
        }
    }
}
