package io.hightower.kv.storage.file;

import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * An open file of a {@link FileDisk}.
 *
 * <p>It goes through {@link RandomAccessFile} and never through its channel: an interrupt closes a channel for everybody,
 * and may hide the error of a sync that was under way. The price is a copy of the bytes and {@code fsync} instead of
 * {@code fdatasync}; for a file that grows both write the file's length and cost the same.
 */
final class OpenFile implements DiskFile {
    /** Bytes per call of the operating system: the virtual machine allocates a buffer of that size for each call. */
    private static final int BYTES_PER_CALL = 1 << 20;

    private final String name;
    private final Path path;
    private final RandomAccessFile file;
    /** Guards the position of {@code file}: every transfer is a seek followed by reads or writes. */
    private final Object position = new Object();

    private OpenFile(String name, Path path, RandomAccessFile file) {
        this.name = name;
        this.path = path;
        this.file = file;
    }

    static OpenFile open(String name, Path path) throws IOException {
        return new OpenFile(name, path, new RandomAccessFile(path.toFile(), "rw"));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long length() {
        try {
            return file.length();
        } catch (IOException e) {
            throw FileDisk.failure("The length of a file is not known", path.toString(), e);
        }
    }

    @Override
    public int read(long offset, ByteBuffer target) {
        byte[] array = target.hasArray() ? target.array() : new byte[Math.min(target.remaining(), BYTES_PER_CALL)];
        int total = 0;
        try {
            synchronized (position) {
                file.seek(offset);
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
            }
            return total;
        } catch (IOException e) {
            throw FileDisk.failure("A file cannot be read", path + " offset=" + offset, e);
        }
    }

    private static void advance(ByteBuffer target, byte[] array, int count) {
        if (target.hasArray()) {
            target.position(target.position() + count);
        } else {
            target.put(array, 0, count);
        }
    }

    @Override
    public void write(long offset, ByteBuffer source) {
        try {
            synchronized (position) {
                file.seek(offset);
                if (source.hasArray()) {
                    writeArray(source);
                } else {
                    writeCopied(source);
                }
            }
        } catch (IOException e) {
            throw FileDisk.failure("A file cannot be written", path + " offset=" + offset, e);
        }
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

    @Override
    public void truncate(long length) {
        try {
            synchronized (position) {
                if (length > file.length()) {
                    throw new IllegalArgumentException(
                            "Cutting cannot make a file longer: file=" + path + " length=" + length);
                }
                file.setLength(length);
            }
        } catch (IOException e) {
            throw FileDisk.failure("A file cannot be cut", path + " length=" + length, e);
        }
    }

    @Override
    public void sync() {
        try {
            file.getFD().sync();
        } catch (IOException e) {
            // Never reported as a full disk, which would invite to try again.
            throw new StorageException("A file cannot be synced: file=" + path, e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw FileDisk.failure("A file cannot be closed", path.toString(), e);
        }
    }
}
