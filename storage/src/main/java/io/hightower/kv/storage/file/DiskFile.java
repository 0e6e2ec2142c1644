package io.hightower.kv.storage.file;

import java.nio.ByteBuffer;

/**
 * An open file.
 *
 * <p><b>Durability.</b> Written bytes, and the file's length, are durable once a {@link #sync} that began after the write has
 * returned, or once {@link #writeDurably} has. Until then power loss may keep or lose each sector independently.
 * <b>Threads.</b> Reading is thread-safe, and several threads read at the same time; writing is for one thread at a time. An interrupt of the calling thread neither fails a call nor closes the file.
 */
public interface DiskFile extends AutoCloseable {
    /** Returns the name under which the file was opened. */
    String name();

    /** Returns the length in bytes. */
    long length();

    /**
     * Reads from {@code offset} on until {@code target} is full or the file ends.
     *
     * @return the number of bytes read; less than asked for only at the end of the file
     */
    int read(long offset, ByteBuffer target);

    /** Writes all of {@code source} at {@code offset}; writing behind the end makes the file longer. */
    void write(long offset, ByteBuffer source);

    /**
     * Says that many small {@linkplain #write writes} to the bytes that the file has now will follow. A disk may make those
     * cheaper, for instance by mapping the file; what they promise stays the same.
     */
    default void expectSmallWrites() {
        // Small writes need no preparation.
    }

    /**
     * Writes all of {@code source} at {@code offset} and makes it durable, and the length if it grew, in one step. Nothing is
     * said about what {@link #write} wrote elsewhere in the file before. Much cheaper than a write and a {@link #sync} where
     * the file system has nothing to note down about the file: in a range that was written and synced once before.
     *
     * <p>A failure, lack of space included, is as final as that of a {@link #sync}: the caller must not try again.
     */
    void writeDurably(long offset, ByteBuffer source);

    /** Cuts the file to {@code length} bytes. */
    void truncate(long length);

    /**
     * Forces content and length to the disk. After a failure nobody knows what is on the disk: the caller must not try
     * again.
     */
    void sync();

    /** Closes the file without syncing it. Idempotent. */
    @Override
    void close();
}
