package io.hightower.kv.storage.table;

import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The file of a table while it grows: collects small writes into large ones, syncs now and then, and keeps the checksum of
 * everything. <b>Used by one thread at a time.</b>
 */
final class TableOutput {
    private static final int BUFFER_BYTES = 256 << 10;

    private final DiskFile file;
    private final int syncStepBytes;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final CRC32C checksum = new CRC32C();
    private long written;
    private long synced;

    /** Makes an output that syncs after so many bytes; 0 for only when it is told to. */
    TableOutput(DiskFile file, int syncStepBytes) {
        this.file = file;
        this.syncStepBytes = syncStepBytes;
    }

    /** Returns the offset at which the next byte will stand. */
    long offset() {
        return written + buffer.position();
    }

    void put(byte[] source, int from, int length) {
        int at = from;
        int left = length;
        while (left > 0) {
            if (!buffer.hasRemaining()) {
                writeBuffer();
            }
            int part = Math.min(left, buffer.remaining());
            buffer.put(source, at, part);
            at += part;
            left -= part;
        }
    }

    void putByte(int value) {
        roomFor(Byte.BYTES);
        buffer.put((byte) value);
    }

    void putInt(int value) {
        roomFor(Integer.BYTES);
        buffer.putInt(value);
    }

    /** Writes what is left of {@code source}, which has an array, then the checksum of it and its place. */
    void putStored(ByteBuffer source, PlaceChecksum place) {
        long offset = offset();
        int from = source.arrayOffset() + source.position();
        put(source.array(), from, source.remaining());
        putInt(place.of(offset, source.array(), from, source.remaining()));
    }

    private void roomFor(int bytes) {
        if (buffer.remaining() < bytes) {
            writeBuffer();
        }
    }

    private void writeBuffer() {
        buffer.flip();
        checksum.update(buffer.array(), 0, buffer.limit());
        int length = buffer.limit();
        file.write(written, buffer);
        written += length;
        buffer.clear();
        if (syncStepBytes > 0 && written - synced >= syncStepBytes) {
            sync();
        }
    }

    /** Writes and syncs everything. */
    void finish() {
        writeBuffer();
        sync();
    }

    private void sync() {
        file.sync();
        synced = written;
    }

    /** Returns CRC32C of everything that was written, after {@link #finish}. */
    long checksum() {
        return checksum.getValue();
    }
}
