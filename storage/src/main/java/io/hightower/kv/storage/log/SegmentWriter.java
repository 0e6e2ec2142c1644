package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.CompleteFile;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;

/**
 * The segment at the end of the log, to which records are written.
 *
 * <p><b>Durability.</b> Bytes below {@link #syncedUpTo} are durable; {@link #mark} says so in the file. <b>Used by one thread
 * at a time.</b>
 */
final class SegmentWriter implements AutoCloseable {
    private final DiskFile file;
    private final long firstIndex;
    private final RecordChecksum checksum;
    private final RecordGroup marks = RecordGroup.ofOneMark();
    private long length;
    private long syncedUpTo;

    private SegmentWriter(DiskFile file, Bytes storeId, long firstIndex, long length, long syncedUpTo) {
        this.file = file;
        this.firstIndex = firstIndex;
        this.checksum = new RecordChecksum(storeId, firstIndex);
        this.length = length;
        this.syncedUpTo = syncedUpTo;
    }

    /** Begins a segment; its name and header are durable on return. */
    static SegmentWriter create(Disk disk, Bytes storeId, long firstIndex) {
        String name = LogFormat.fileName(firstIndex);
        CompleteFile.create(disk, name, LogFormat.header(storeId, firstIndex));
        return new SegmentWriter(disk.open(name), storeId, firstIndex, LogFormat.HEADER_BYTES, LogFormat.HEADER_BYTES);
    }

    /** Continues a segment of which everything is synced. */
    static SegmentWriter resume(DiskFile file, Bytes storeId, long firstIndex, long length) {
        return new SegmentWriter(file, storeId, firstIndex, length, length);
    }

    long firstIndex() {
        return firstIndex;
    }

    long length() {
        return length;
    }

    long syncedUpTo() {
        return syncedUpTo;
    }

    boolean isSynced() {
        return syncedUpTo == length;
    }

    void write(RecordGroup group) {
        file.write(length, group.seal(checksum, length, syncedUpTo));
        length += group.bytes();
    }

    void sync() {
        long written = length;
        file.sync();
        syncedUpTo = written;
    }

    /** Writes down how far the segment is synced. */
    void mark(long lastIndex) {
        marks.clear();
        marks.addMark(lastIndex);
        write(marks);
    }

    /**
     * Cuts off what a failed write left behind, durably: else power loss could bring back what the caller was told has not
     * happened.
     */
    void cutBack(long goodLength) {
        try {
            file.truncate(goodLength);
            file.sync();
        } catch (StorageException e) {
            throw new StorageException(
                    "A segment cannot be cut after a failed write: file=" + file.name() + " length=" + goodLength, e);
        }
        length = goodLength;
        syncedUpTo = goodLength;
    }

    @Override
    public void close() {
        file.close();
    }
}
