package io.hightower.kv.storage.file;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One descriptor of an open file, with its position. <b>Thread-safe</b> through its lock, which its user holds for every
 * transfer: a transfer is a seek followed by reads or writes. An interrupt neither fails a transfer nor closes the descriptor.
 */
final class FileHandle {
    /** For reading and writing. */
    static final String READ_WRITE = "rw";

    /** For writing that returns when content and length are durable: {@code O_DSYNC}. */
    static final String WRITE_DURABLY = "rwd";

    /** For reading. */
    static final String READ = "r";

    /** Bytes per call of the operating system: the virtual machine allocates a buffer of that size for each call. */
    private static final int BYTES_PER_CALL = 1 << 20;

    private static final long UNKNOWN = -1;

    private final RandomAccessFile file;
    /** Guards the position of {@link #file}. */
    private final ReentrantLock position = new ReentrantLock();

    /** Where the descriptor stands, so that what follows the last transfer needs no seek: half the price of a small write. */
    private long at = UNKNOWN;

    private FileHandle(RandomAccessFile file) {
        this.file = file;
    }

    static FileHandle open(File path, String mode) throws IOException {
        return new FileHandle(new RandomAccessFile(path, mode));
    }

    boolean tryAcquire() {
        return position.tryLock();
    }

    void acquire() {
        position.lock();
    }

    void release() {
        position.unlock();
    }

    long length() throws IOException {
        return file.length();
    }

    /** Cuts the file, or makes it longer. The caller has acquired the handle. */
    void resize(long length) throws IOException {
        at = UNKNOWN;
        file.setLength(length);
    }

    void sync() throws IOException {
        file.getFD().sync();
    }

    /** Fills the target as far as the file reaches. The caller has acquired the handle. */
    int read(long offset, ByteBuffer target) throws IOException {
        byte[] array = target.hasArray() ? target.array() : new byte[Math.min(target.remaining(), BYTES_PER_CALL)];
        int total = 0;
        seek(offset);
        while (target.hasRemaining()) {
            int wanted = Math.min(target.remaining(), BYTES_PER_CALL);
            int start = target.hasArray() ? target.arrayOffset() + target.position() : 0;
            int count = file.read(array, start, wanted);
            if (count < 0) {
                break;
            }
            advance(target, array, count);
            total += count;
        }
        at = offset + total;
        return total;
    }

    private void seek(long offset) throws IOException {
        if (at != offset) {
            file.seek(offset);
        }
        // Until the transfer has ended well, nobody knows.
        at = UNKNOWN;
    }

    private static void advance(ByteBuffer target, byte[] array, int count) {
        if (target.hasArray()) {
            target.position(target.position() + count);
        } else {
            target.put(array, 0, count);
        }
    }

    /** Writes all of the source. The caller has acquired the handle. */
    void write(long offset, ByteBuffer source) throws IOException {
        int length = source.remaining();
        seek(offset);
        if (source.hasArray()) {
            writeArray(source);
        } else {
            writeCopied(source);
        }
        at = offset + length;
    }

    private void writeArray(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            int count = Math.min(source.remaining(), BYTES_PER_CALL);
            file.write(source.array(), source.arrayOffset() + source.position(), count);
            source.position(source.position() + count);
        }
    }

    private void writeCopied(ByteBuffer source) throws IOException {
        byte[] copy = new byte[Math.min(source.remaining(), BYTES_PER_CALL)];
        while (source.hasRemaining()) {
            int count = Math.min(source.remaining(), copy.length);
            source.get(copy, 0, count);
            file.write(copy, 0, count);
        }
    }

    /** Closes the descriptor once nobody transfers through it, so that no transfer meets a number that was given anew. */
    void close() throws IOException {
        acquire();
        try {
            file.close();
        } finally {
            release();
        }
    }
}
