package io.hightower.kv.storage.file;

import io.hightower.kv.statemachine.DirectoryInUseException;
import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The file {@code LOCK}: locked by the process that uses the directory, and naming it.
 *
 * <p>What counts is the operating system's lock, which ends with its process; the text only tells people whom to ask. So
 * what a dead process left behind is no obstacle, and the file is never deleted: a lock on a deleted file excludes nobody.
 *
 * <p>A process loses all its locks on a file when it closes <em>any</em> handle of that file. Therefore an attempt from
 * inside the holding process must not open it: {@link #HELD} is asked first. <b>Thread-safe.</b>
 */
final class LockFile implements Disk.DirectoryLock {
    private static final System.Logger LOGGER = System.getLogger(LockFile.class.getName());

    static final String NAME = "LOCK";

    private static final int CONTENT_BYTES_MAX = 1024;

    /** Directories that this process has, and who in words. */
    private static final Map<Path, String> HELD = new ConcurrentHashMap<>();

    /** Handles that must never be closed: a copy of this class in another class loader has the lock. */
    private static final Queue<RandomAccessFile> KEPT_OPEN = new ConcurrentLinkedQueue<>();

    private final Path directory;
    private final RandomAccessFile file;
    private final FileLock lock;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LockFile(Path directory, RandomAccessFile file, FileLock lock) {
        this.directory = directory;
        this.file = file;
        this.lock = lock;
    }

    /** Takes the lock of a directory, given by its real path. */
    static LockFile acquire(Path directory) {
        String self = holder();
        String present = HELD.putIfAbsent(directory, self);
        if (present != null) {
            throw new DirectoryInUseException(directory.toString(), oneLine(present) + " (this process)");
        }
        boolean acquired = false;
        try {
            LockFile lockFile = lockAndName(directory, self);
            acquired = true;
            return lockFile;
        } catch (IOException e) {
            throw FileDisk.failure("The data directory cannot be locked", directory.toString(), e);
        } finally {
            if (!acquired) {
                HELD.remove(directory);
            }
        }
    }

    @SuppressWarnings("resource") // The lock keeps the file open; closing the file would end the lock.
    private static LockFile lockAndName(Path directory, String self) throws IOException {
        RandomAccessFile file = new RandomAccessFile(directory.resolve(NAME).toFile(), "rw");
        FileLock lock;
        try {
            lock = file.getChannel().tryLock();
        } catch (OverlappingFileLockException e) {
            KEPT_OPEN.add(file);
            throw new DirectoryInUseException(directory.toString(), oneLine(content(file)) + " (this process)");
        }
        if (lock == null) {
            try (file) {
                throw new DirectoryInUseException(directory.toString(), oneLine(content(file)));
            }
        }
        // From here on the file stays open whatever happens, as it is this process's lock.
        LockFile acquired = new LockFile(directory, file, lock);
        try {
            file.setLength(0);
            file.write(self.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The lock is what counts: a full disk must not keep anybody from reading what is there.
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "The holder of the data directory cannot be written down: directory=" + directory,
                    e);
        }
        return acquired;
    }

    private static String holder() {
        ProcessHandle process = ProcessHandle.current();
        return String.join(
                "\n",
                List.of(
                        "pid=" + process.pid(),
                        "started="
                                + process.info()
                                        .startInstant()
                                        .map(Object::toString)
                                        .orElse("unknown"),
                        "program=" + program(process),
                        ""));
    }

    /** Names the main class or jar; arguments are left out, since they may be secret. */
    private static String program(ProcessHandle process) {
        String command = System.getProperty("sun.java.command", "").split(" ", 2)[0];
        return command.isEmpty() ? process.info().command().orElse("unknown") : command;
    }

    private static String content(RandomAccessFile file) throws IOException {
        byte[] bytes = new byte[CONTENT_BYTES_MAX];
        file.seek(0);
        int length = Math.max(0, file.read(bytes));
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static String oneLine(String content) {
        String line = content.strip().replaceAll("\\s+", " ");
        return line.isEmpty() ? "unknown" : line;
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try (file) {
            file.setLength(0);
            lock.release();
        } catch (IOException e) {
            throw new StorageException("The data directory cannot be unlocked: directory=" + directory, e);
        } finally {
            // Only now, after the file was closed: closing it would end the lock of a successor in this process.
            HELD.remove(directory);
        }
    }
}
