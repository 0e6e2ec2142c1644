package io.hightower.kv.storage.file;

import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The bytes of a file as memory, for small writes that need no call of the operating system. What is stored there is in the
 * same cache as what was written, as safe from the death of the process, and a sync of the file takes it along.
 *
 * <p>The virtual machine unmaps it some time after the last use; until then a deleted file keeps its space. <b>Used by one
 * thread at a time.</b>
 */
final class MappedFile {
    private final Path path;
    private final ByteBuffer bytes;

    private MappedFile(Path path, ByteBuffer bytes) {
        this.path = path;
        this.bytes = bytes;
    }

    /** Maps the bytes that a file has now. */
    static MappedFile of(Path path) throws IOException {
        AtomicReference<ByteBuffer> mapped = new AtomicReference<>();
        UninterruptedCall.run("hightower-map", () -> {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                mapped.set(channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size()));
            }
        });
        return new MappedFile(path, Objects.requireNonNull(mapped.get()));
    }

    long length() {
        return bytes.capacity();
    }

    /** Writes all of the source; the file must be as long as when it was mapped. */
    void write(long offset, ByteBuffer source) {
        try {
            bytes.position((int) offset);
            bytes.put(source);
        } catch (InternalError e) {
            // So the virtual machine tells, at the latest with the next call into it, that the system had no page to
            // give.
            throw new StorageException("A mapped file cannot be written: file=" + path + " offset=" + offset, e);
        }
    }
}
