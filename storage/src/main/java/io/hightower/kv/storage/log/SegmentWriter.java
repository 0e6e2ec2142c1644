package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;

/**
 * The segment at the end of the log, to which records are written. All of its bytes were written once before, so that
 * writing needs no space and a durable write nothing but itself.
 *
 * <p>Groups follow one another. Behind the last one stands the mark that says how far the segment is synced; the next group
 * is written over it. So no mark ever has to be durable for what comes later.
 *
 * <p><b>Durability.</b> Bytes below {@link #syncedUpTo} are durable; {@link #mark} says so in the file. <b>Used by one thread
 * at a time.</b>
 */
final class SegmentWriter implements AutoCloseable {
    private final DiskFile file;
    private final long firstIndex;
    private final RecordChecksum checksum;
    private final RecordGroup marks = RecordGroup.ofOneMark();
    private final long fileBytes;
    private long end = LogFormat.HEADER_BYTES;
    private long syncedUpTo = LogFormat.HEADER_BYTES;

    /** Continues nothing: the file has a header and no record of its epoch. */
    SegmentWriter(DiskFile file, RecordChecksum checksum, long firstIndex) {
        this.file = file;
        this.firstIndex = firstIndex;
        this.checksum = checksum;
        this.fileBytes = file.length();
    }

    long firstIndex() {
        return firstIndex;
    }

    /** Returns the bytes of the file, used and unused. */
    long fileBytes() {
        return fileBytes;
    }

    /** Returns where the entries end. */
    long end() {
        return end;
    }

    long syncedUpTo() {
        return syncedUpTo;
    }

    boolean isSynced() {
        return syncedUpTo == end;
    }

    /** Tells whether a group and its mark fit. */
    boolean hasRoomFor(long groupBytes) {
        return end + groupBytes + LogFormat.RECORD_HEADER_BYTES <= fileBytes;
    }

    /** Writes a group, as durable as any write. */
    void write(RecordGroup group) {
        writeUnsynced(group.seal(checksum, end, syncedUpTo));
        end += group.bytes();
    }

    /** Writes a group and makes it durable in one step; everything before it is. */
    void writeDurably(RecordGroup group) {
        file.writeDurably(end, group.seal(checksum, end, syncedUpTo));
        end += group.bytes();
        syncedUpTo = end;
    }

    private void writeUnsynced(ByteBuffer bytes) {
        try {
            file.write(end, bytes);
        } catch (DiskFullException e) {
            // Not one to recover from: what was written before is already overwritten in part.
            throw new StorageException("A file that was written in advance has no space: file=" + file.name(), e);
        }
    }

    /** Syncs the file without saying that anything is synced. <b>Any thread</b> may call it until the segment is closed. */
    void writeBack() {
        file.sync();
    }

    void sync() {
        long written = end;
        file.sync();
        syncedUpTo = written;
    }

    /** Writes down behind the last entry how far the segment is synced. */
    void mark(long lastIndex) {
        writeUnsynced(sealedMark(lastIndex));
    }

    /**
     * As {@link #mark}; the mark survives power loss too, so that what was acknowledged is proven even then. Gives back the
     * space behind it: nobody will write there again.
     */
    void finish(long lastIndex) {
        file.writeDurably(end, sealedMark(lastIndex));
        file.truncate(end + LogFormat.RECORD_HEADER_BYTES);
        file.sync();
    }

    private ByteBuffer sealedMark(long lastIndex) {
        marks.clear();
        marks.addMark(lastIndex);
        return marks.seal(checksum, end, syncedUpTo);
    }

    @Override
    public void close() {
        file.close();
    }
}
