package io.hightower.kv.storage.file;

import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * An open file of a {@link FileDisk}.
 *
 * <p>It goes through {@link java.io.RandomAccessFile} and never through its channel: an interrupt closes a channel for
 * everybody, and may hide the error of a sync that was under way. The price is a copy of the bytes, and a position that only
 * one thread can use at a time. So there are further descriptors, opened when they are first needed: a few for reading, when
 * several threads read at the same time, and one for writing durably. Who expects many small writes has
 * the file mapped.
 */
final class OpenFile implements DiskFile {
    private static final System.Logger LOGGER = System.getLogger(OpenFile.class.getName());

    /** Descriptors for reading besides the first: as many threads as have work for the disk, and few for the system. */
    private static final int MORE_READERS_MAX = 3;

    private final String name;
    private final Path path;
    /** What the operating system calls the file, whatever its name has become; null where it has no such thing. */
    private final @Nullable Object identity;

    private final MappedFiles mappings;
    private final FileHandle main;
    private final AtomicReferenceArray<@Nullable FileHandle> readers = new AtomicReferenceArray<>(MORE_READERS_MAX);

    /** Guards the opening and closing of descriptors. */
    private final Object opening = new Object();

    private @Nullable FileHandle durable;
    private boolean closed;

    /** Only the thread that writes touches it. */
    private @Nullable MappedFile mapped;

    private OpenFile(String name, Path path, @Nullable Object identity, FileHandle main, MappedFiles mappings) {
        this.name = name;
        this.path = path;
        this.identity = identity;
        this.mappings = mappings;
        this.main = main;
    }

    static OpenFile open(String name, Path path, MappedFiles mappings) throws IOException {
        FileHandle main = FileHandle.open(path.toFile(), FileHandle.READ_WRITE);
        return new OpenFile(name, path, identity(path), main, mappings);
    }

    static @Nullable Object identity(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long length() {
        try {
            return main.length();
        } catch (IOException e) {
            throw FileDisk.failure("The length of a file is not known", path.toString(), e);
        }
    }

    @Override
    public int read(long offset, ByteBuffer target) {
        FileHandle handle = acquireReader();
        try {
            return handle.read(offset, target);
        } catch (IOException e) {
            throw FileDisk.failure("A file cannot be read", path + " offset=" + offset, e);
        } finally {
            handle.release();
        }
    }

    /** Returns a descriptor that nobody uses; if there is none, waits for one. */
    private FileHandle acquireReader() {
        if (main.tryAcquire()) {
            return main;
        }
        for (int i = 0; i < MORE_READERS_MAX; i++) {
            FileHandle reader = reader(i);
            if (reader == null) {
                break;
            }
            if (reader.tryAcquire()) {
                return reader;
            }
        }
        FileHandle crowded = readers.get((int) (Thread.currentThread().getId() % MORE_READERS_MAX));
        FileHandle chosen = crowded == null ? main : crowded;
        chosen.acquire();
        return chosen;
    }

    private @Nullable FileHandle reader(int number) {
        FileHandle present = readers.get(number);
        if (present != null) {
            return present;
        }
        synchronized (opening) {
            FileHandle reader = readers.get(number);
            if (reader == null) {
                try {
                    reader = another(FileHandle.READ);
                } catch (IOException e) {
                    // Too many open files, perhaps. The descriptors there are will do.
                    return null;
                }
                readers.set(number, reader);
            }
            return reader;
        }
    }

    /**
     * Opens another descriptor of the same file; null if its name has gone to another file or to none. The file that is open
     * keeps its identity from being given to another.
     */
    private @Nullable FileHandle another(String mode) throws IOException {
        if (closed || identity == null || !identity.equals(identity(path))) {
            return null;
        }
        FileHandle handle = FileHandle.open(path.toFile(), mode);
        if (!identity.equals(identity(path))) {
            handle.close();
            return null;
        }
        return handle;
    }

    @Override
    public void expectSmallWrites() {
        try {
            if (identity != null && identity.equals(identity(path))) {
                MappedFile candidate = mappings.map(identity, path, main.length());
                mapped = identity.equals(identity(path)) ? candidate : null;
            }
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "A file is not mapped: file={0} cause={1}", path, e.getMessage());
        }
    }

    @Override
    public void write(long offset, ByteBuffer source) {
        MappedFile memory = mapped;
        if (memory != null && offset + source.remaining() <= memory.length()) {
            memory.write(offset, source);
            return;
        }
        try {
            writeThrough(main, offset, source);
        } catch (IOException e) {
            throw FileDisk.writeFailure("A file cannot be written", path, " offset=" + offset, e);
        }
    }

    private static void writeThrough(FileHandle handle, long offset, ByteBuffer source) throws IOException {
        handle.acquire();
        try {
            handle.write(offset, source);
        } finally {
            handle.release();
        }
    }

    @Override
    public void writeDurably(long offset, ByteBuffer source) {
        try {
            FileHandle handle = durableHandle();
            if (handle != null) {
                writeThrough(handle, offset, source);
            } else {
                writeThrough(main, offset, source);
                main.sync();
            }
        } catch (IOException e) {
            // Never reported as a full disk, which would invite to try again.
            throw new StorageException("A file cannot be written durably: file=" + path + " offset=" + offset, e);
        }
    }

    private @Nullable FileHandle durableHandle() throws IOException {
        synchronized (opening) {
            if (durable == null) {
                durable = another(FileHandle.WRITE_DURABLY);
            }
            return durable;
        }
    }

    @Override
    public void truncate(long length) {
        main.acquire();
        try {
            if (length > main.length()) {
                throw new IllegalArgumentException(
                        "Cutting cannot make a file longer: file=" + path + " length=" + length);
            }
            // Nobody may touch mapped bytes that the file does not have any more.
            mapped = null;
            if (identity != null) {
                mappings.forget(identity);
            }
            main.resize(length);
        } catch (IOException e) {
            throw FileDisk.failure("A file cannot be cut", path + " length=" + length, e);
        } finally {
            main.release();
        }
    }

    @Override
    public void sync() {
        try {
            main.sync();
        } catch (IOException e) {
            // Never reported as a full disk, which would invite to try again.
            throw new StorageException("A file cannot be synced: file=" + path, e);
        }
    }

    @Override
    public void close() {
        mapped = null;
        try {
            for (FileHandle handle : closing()) {
                handle.close();
            }
        } catch (IOException e) {
            throw FileDisk.failure("A file cannot be closed", path.toString(), e);
        }
    }

    /** Ends the opening of descriptors and returns those there are. */
    private List<FileHandle> closing() {
        List<FileHandle> handles = new ArrayList<>();
        synchronized (opening) {
            closed = true;
            handles.add(main);
            if (durable != null) {
                handles.add(durable);
            }
            for (int i = 0; i < MORE_READERS_MAX; i++) {
                FileHandle reader = readers.get(i);
                if (reader != null) {
                    handles.add(reader);
                }
            }
        }
        return handles;
    }
}
