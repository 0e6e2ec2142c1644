package io.hightower.kv.storage.memory;

import io.hightower.kv.storage.file.DiskFile;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Writes a file from its start on, through a buffer, so that the disk sees few and large writes. Failures of the disk come as
 * {@link io.hightower.kv.statemachine.StorageException}. Closing it neither flushes nor closes the file. <b>Used by one thread
 * at a time.</b>
 */
final class DiskFileOutput extends OutputStream {
    /** Four of the largest ordinary blocks: large enough that a disk works at full speed. */
    static final int BUFFER_BYTES = 4 * SnapshotFormat.BLOCK_CONTENT_BYTES;

    private final DiskFile file;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long offset;

    DiskFileOutput(DiskFile file) {
        this.file = file;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int from, int length) {
        int done = 0;
        while (done < length) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int part = Math.min(length - done, buffer.remaining());
            buffer.put(source, from + done, part);
            done += part;
        }
    }

    /** Hands the buffered bytes to the file, without syncing it. */
    @Override
    public void flush() {
        buffer.flip();
        int length = buffer.remaining();
        if (length > 0) {
            file.write(offset, buffer);
        }
        buffer.clear();
        offset += length;
    }
}
