package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;

/** A file of known length, read through a buffer of fixed size. <b>Used by one thread at a time.</b> */
final class FileWindow {
    private static final int WINDOW_BYTES = 256 << 10;

    private final DiskFile file;
    private final long length;
    private final ByteBuffer window;
    private long start;

    FileWindow(DiskFile file) {
        this.file = file;
        this.length = file.length();
        this.window = ByteBuffer.allocate((int) Math.min(WINDOW_BYTES, Math.max(1, length)))
                .limit(0);
    }

    String name() {
        return file.name();
    }

    long length() {
        return length;
    }

    /** Fills the target from {@code offset} on. All of it must lie within the file. */
    void read(long offset, byte[] target, int count) {
        int done = 0;
        while (done < count) {
            long at = offset + done;
            if (!contains(at)) {
                if (count - done >= window.capacity()) {
                    readFully(at, ByteBuffer.wrap(target, done, count - done));
                    return;
                }
                fill(at);
            }
            int from = (int) (at - start);
            int part = Math.min(count - done, window.limit() - from);
            window.get(from, target, done, part);
            done += part;
        }
    }

    /** Returns where a byte next occurs between {@code from} and {@code until}, both within the file; else {@code until}. */
    long find(byte wanted, long from, long until) {
        long at = from;
        while (at < until) {
            if (!contains(at)) {
                fill(at);
            }
            byte[] bytes = window.array();
            int limit = (int) Math.min(window.limit(), until - start);
            for (int i = (int) (at - start); i < limit; i++) {
                if (bytes[i] == wanted) {
                    return start + i;
                }
            }
            at = start + limit;
        }
        return until;
    }

    private boolean contains(long offset) {
        return offset >= start && offset < start + window.limit();
    }

    private void fill(long offset) {
        window.clear();
        window.limit((int) Math.min(window.capacity(), length - offset));
        readFully(offset, window);
        window.flip();
        start = offset;
    }

    /** A read that ends early must not pass for the end of the file: what follows would be taken for torn, and cut off. */
    private void readFully(long offset, ByteBuffer target) {
        int wanted = target.remaining();
        int count = file.read(offset, target);
        if (count != wanted) {
            throw new StorageException("A file ends before its length: file=" + file.name() + " length=" + length
                    + " offset=" + offset + " wanted=" + wanted + " read=" + count);
        }
    }
}
