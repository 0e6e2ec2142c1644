package io.hightower.kv.storage.memory;

import io.hightower.kv.storage.file.DiskFile;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Reads a file from its start on, through a buffer. Failures of the disk come as {@link
 * io.hightower.kv.statemachine.StorageException}. Closing it does not close the file. <b>Used by one thread at a time.</b>
 */
final class DiskFileInput extends InputStream {
    private final DiskFile file;
    private final ByteBuffer buffer =
            ByteBuffer.allocate(DiskFileOutput.BUFFER_BYTES).limit(0);
    private long offset;

    DiskFileInput(DiskFile file) {
        this.file = file;
    }

    @Override
    public int read() {
        return fill() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int from, int length) {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int part = Math.min(length, buffer.remaining());
        buffer.get(target, from, part);
        return part;
    }

    /** Reads on when the buffer is empty; false at the end of the file. */
    private boolean fill() {
        if (buffer.hasRemaining()) {
            return true;
        }
        buffer.clear();
        int read = file.read(offset, buffer);
        buffer.flip();
        offset += Math.max(0, read);
        return buffer.hasRemaining();
    }
}
