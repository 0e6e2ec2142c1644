package io.hightower.kv.storage.file;

import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * A directory of the operating system. Directories inside it, and the file {@code LOCK}, are not part of the disk.
 *
 * <p><b>Durability.</b> Files are synced with {@code fsync}, names with {@code fsync} of the directory. <b>Threads.</b>
 * Thread-safe; an interrupt of the calling thread neither fails a call nor closes a file. <b>Lifetime.</b> Holds nothing
 * itself: files and the lock are closed by those who opened them.
 */
public final class FileDisk implements Disk {
    private static final int COPY_CHUNK_BYTES = 1 << 20;

    /** With less space than this a write that failed is taken to have failed for want of space. */
    private static final long SPACE_BYTES_LEAST = 1 << 20;

    private final Path directory;
    private final MappedFiles mappings = new MappedFiles();

    private FileDisk(Path directory) {
        this.directory = directory;
    }

    /**
     * Opens a directory, creating it and its parents durably if they are missing.
     *
     * @throws StorageException if it cannot be created, or is not a directory
     */
    public static FileDisk open(Path directory) {
        try {
            Path absolute = directory.toAbsolutePath().normalize();
            createDurably(absolute);
            return new FileDisk(absolute.toRealPath());
        } catch (IOException e) {
            throw failure("The data directory cannot be opened", directory.toString(), e);
        }
    }

    private static void createDurably(Path directory) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        Path present = directory;
        while (present != null && !Files.isDirectory(present)) {
            missing.push(present);
            present = present.getParent();
        }
        for (Path path : missing) {
            Files.createDirectory(path);
            Path parent = path.getParent();
            if (parent != null) {
                force(parent);
            }
        }
    }

    @Override
    public DiskFile create(String name) {
        Path path = path(name);
        try {
            Files.createFile(path);
            return OpenFile.open(name, path, mappings);
        } catch (IOException e) {
            throw writeFailure("A file cannot be created", path, "", e);
        }
    }

    @Override
    public DiskFile open(String name) {
        Path path = path(name);
        try {
            if (!Files.isRegularFile(path)) {
                throw new StorageException("A file is missing: file=" + path);
            }
            return OpenFile.open(name, path, mappings);
        } catch (IOException e) {
            throw failure("A file cannot be opened", path.toString(), e);
        }
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(path(name), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public List<String> list() {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
            for (Path path : paths) {
                String name = String.valueOf(path.getFileName());
                if (!Files.isDirectory(path) && !name.equals(LockFile.NAME)) {
                    names.add(name);
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            throw failure("A directory cannot be listed", description(), e);
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public void rename(String from, String to) {
        try {
            Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw writeFailure("A file cannot be renamed", path(from), " to=" + to, e);
        }
    }

    @Override
    public void delete(String name) {
        try {
            forgetMapping(path(name));
            Files.delete(path(name));
        } catch (IOException e) {
            throw failure("A file cannot be deleted", path(name).toString(), e);
        }
    }

    private void forgetMapping(Path path) throws IOException {
        Object identity = mappings.isEmpty() ? null : OpenFile.identity(path);
        if (identity != null) {
            mappings.forget(identity);
        }
    }

    @Override
    public void linkTo(String name, Disk target) {
        if (!(target instanceof FileDisk other)) {
            throw new IllegalArgumentException("Files are linked into a directory of the same kind: target=" + target);
        }
        Path from = path(name);
        Path to = other.path(name);
        try {
            Files.createLink(to, from);
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            throw writeFailure("A file cannot be linked", from, " to=" + to, e);
        } catch (UnsupportedOperationException | IOException e) {
            // Another file system, one without links, or one that counts no more of them.
            copy(name, other);
        }
    }

    private void copy(String name, FileDisk target) {
        if (target.exists(name)) {
            throw new StorageException("A file cannot be copied, it exists: file=" + target.path(name));
        }
        String temporary = name + CompleteFile.TEMPORARY_SUFFIX;
        if (target.exists(temporary)) {
            target.delete(temporary);
        }
        ByteBuffer chunk = ByteBuffer.allocate(COPY_CHUNK_BYTES);
        try (DiskFile source = open(name);
                DiskFile copy = target.create(temporary)) {
            for (long at = 0; source.read(at, chunk.clear()) > 0; at += chunk.limit()) {
                copy.write(at, chunk.flip());
            }
            copy.sync();
        }
        target.rename(temporary, name);
    }

    @Override
    public void syncDirectory() {
        try {
            force(directory);
        } catch (IOException e) {
            throw new StorageException("A directory cannot be synced: directory=" + directory, e);
        }
    }

    @Override
    public long freeBytes() {
        try {
            return Files.getFileStore(directory).getUsableSpace();
        } catch (IOException e) {
            throw failure("The free space is not known", description(), e);
        }
    }

    @Override
    public DirectoryLock lock() {
        return LockFile.acquire(directory);
    }

    @Override
    public String description() {
        return directory.toString();
    }

    private Path path(String name) {
        if (name.isEmpty()
                || name.startsWith(".")
                || name.indexOf('/') >= 0
                || name.indexOf('\\') >= 0
                || name.equals(LockFile.NAME)) {
            throw new IllegalArgumentException("Not a plain file name: name=" + name);
        }
        return directory.resolve(name);
    }

    /**
     * Forces a directory's entries to disk. Directories can only be opened as channels, and an interrupt closes a channel
     * and hides whether its sync failed; hence a thread of its own, which nobody can interrupt.
     */
    private static void force(Path directory) throws IOException {
        UninterruptedCall.run("directory-sync", () -> {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        });
    }

    /** Turns an error of the operating system into one of ours. */
    static StorageException failure(String sentence, String file, Exception cause) {
        String message = sentence + ": file=" + file;
        return isDiskFull(cause) ? new DiskFullException(message, cause) : new StorageException(message, cause);
    }

    /** As above, of writing to a path: the words of the system are in its own language, so the space left is looked at too. */
    static StorageException writeFailure(String sentence, Path path, String facts, IOException cause) {
        return isOutOfSpace(path)
                ? new DiskFullException(sentence + ": file=" + path + facts, cause)
                : failure(sentence, path + facts, cause);
    }

    private static boolean isOutOfSpace(Path path) {
        Path parent = path.getParent();
        long usable = parent == null ? 0 : parent.toFile().getUsableSpace();
        boolean isKnown = parent != null && parent.toFile().getTotalSpace() > 0;
        return isKnown && usable < SPACE_BYTES_LEAST;
    }

    private static boolean isDiskFull(Exception cause) {
        String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("no space left") || text.contains("quota exceeded") || text.contains("not enough space");
    }
}
