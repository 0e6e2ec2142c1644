package io.hightower.kv.storage.lsm;

import io.hightower.kv.storage.file.DiskFile;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads a file from an offset to its end, and closes it in the end. <b>Used by one thread at a time.</b> */
final class FileStream extends InputStream {
    private final DiskFile file;
    private long offset;

    FileStream(DiskFile file, long offset) {
        this.file = file;
        this.offset = offset;
    }

    @Override
    public int read() {
        byte[] single = new byte[1];
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) {
        if (length == 0) {
            return 0;
        }
        int count = file.read(offset, ByteBuffer.wrap(target, from, length));
        offset += count;
        return count == 0 ? -1 : count;
    }

    @Override
    public void close() {
        file.close();
    }
}
