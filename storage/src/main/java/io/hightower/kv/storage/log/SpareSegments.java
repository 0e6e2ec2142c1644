package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.Disk;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Segment files of full size that wait to be used: written in advance in the background, or trimmed.
 *
 * <p>The names of all of them are durable, and each has a valid header, of its last use or of none. So an epoch above all
 * that are found in headers is new to everything in them. <b>Thread-safe.</b>
 */
final class SpareSegments {
    /** More trimmed segments than these are deleted: a merge behind the log seldom frees more at a time. */
    private static final int SPARES_MAX = 3;

    private static final System.Logger LOGGER = System.getLogger(SpareSegments.class.getName());

    private final Disk disk;
    private final SegmentFiles files;
    private final LogOptions options;
    private final Consumer<StorageException> onFailedDirectorySync;

    /** Guards all that follows; never held while the disk works. */
    private final Object lock = new Object();

    private final Deque<String> ready = new ArrayDeque<>();
    private long lastNumber;
    /** Whether the background was asked for a segment and has not answered. */
    private boolean requested;

    private boolean running;
    private boolean ended;

    /** Makes a collection without spares; {@code onFailedDirectorySync} must stop all writing. */
    SpareSegments(Disk disk, SegmentFiles files, LogOptions options, Consumer<StorageException> onFailedDirectorySync) {
        this.disk = disk;
        this.files = files;
        this.options = options;
        this.onFailedDirectorySync = onFailedDirectorySync;
    }

    /** Takes over what the directory has, deletes what is of no use, and returns the highest epoch of all. */
    long find(List<String> names) {
        long epoch = LogFormat.NEVER_USED;
        List<String> useless = new ArrayList<>();
        for (String name : names) {
            long number = LogFormat.Role.SPARE.number(name).orElse(0);
            if (number == 0) {
                continue;
            }
            lastNumber = Math.max(lastNumber, number);
            Optional<SegmentFiles.Found> found = files.look(name);
            if (found.isPresent() && isReusable(found.get().fileBytes()) && ready.size() < SPARES_MAX) {
                ready.add(name);
                epoch = Math.max(epoch, found.get().epoch());
            } else {
                useless.add(name);
            }
        }
        useless.forEach(disk::delete);
        return epoch;
    }

    /** Tells whether a file of that length can be used again. */
    boolean isReusable(long fileBytes) {
        return fileBytes == options.segmentBytes();
    }

    int count() {
        synchronized (lock) {
            return ready.size();
        }
    }

    /** Takes a spare away from here; nothing if there is none. */
    Optional<String> take() {
        synchronized (lock) {
            return Optional.ofNullable(ready.poll());
        }
    }

    /** Returns a new name for a spare if, besides so many that are under way, one more is wanted. */
    Optional<String> nameForOneMore(int underWay) {
        synchronized (lock) {
            boolean wanted = ready.size() + underWay < SPARES_MAX;
            return wanted ? Optional.of(LogFormat.Role.SPARE.fileName(++lastNumber)) : Optional.empty();
        }
    }

    /** Adds a spare whose name is durable. */
    void add(String name) {
        synchronized (lock) {
            ready.add(name);
        }
    }

    /** Has a spare written in the background if there is none. */
    void request() {
        synchronized (lock) {
            if (ended || requested || !ready.isEmpty()) {
                return;
            }
            requested = true;
        }
        try {
            options.background().execute(this::write);
        } catch (RejectedExecutionException e) {
            // Who has shut the executor down closes the log next; until then segments are made when they are needed.
            forgetRequest();
        } catch (Throwable e) {
            forgetRequest();
            throw e;
        }
    }

    private void forgetRequest() {
        synchronized (lock) {
            requested = false;
        }
    }

    private void write() {
        String name;
        synchronized (lock) {
            if (ended) {
                return;
            }
            running = true;
            name = LogFormat.Role.SPARE.fileName(++lastNumber);
        }
        boolean written = false;
        try {
            written = writeFile(name);
        } finally {
            synchronized (lock) {
                running = false;
                requested = false;
                if (written) {
                    ready.add(name);
                }
                lock.notifyAll();
            }
        }
    }

    private boolean writeFile(String name) {
        try {
            boolean written = files.writeInAdvance(
                    name,
                    LogFormat.header(options.storeId(), LogFormat.NEVER_USED, LogFormat.NEVER_USED),
                    options.segmentBytes(),
                    this::isEnded);
            return written && syncDirectory();
        } catch (StorageException e) {
            // Whoever needs a segment makes it then, and is told if that fails too.
            LOGGER.log(Level.DEBUG, "A spare segment was not made: file={0} cause={1}", name, e.getMessage());
            return false;
        }
    }

    private boolean syncDirectory() {
        try {
            disk.syncDirectory();
            return true;
        } catch (StorageException e) {
            onFailedDirectorySync.accept(e);
            return false;
        }
    }

    private boolean isEnded() {
        synchronized (lock) {
            return ended;
        }
    }

    /** Deletes all spares, once nothing is written any more: a store that nobody uses takes no more space than it needs. */
    void deleteAll() {
        for (Optional<String> spare = take(); spare.isPresent(); spare = take()) {
            try {
                disk.delete(spare.get());
            } catch (StorageException e) {
                LOGGER.log(
                        Level.WARNING, "A spare segment stays behind: file={0} cause={1}", spare.get(), e.getMessage());
            }
        }
    }

    /** Returns once nothing is written in the background any more, nor ever will be. */
    void end() {
        synchronized (lock) {
            ended = true;
        }
        UninterruptedWait.whileBusy(lock, () -> running);
    }

    /** Returns the executor to which an application that gives none leaves it: a thread for each segment. */
    static Executor threadForEach() {
        return task -> {
            Thread thread = new Thread(task, "hightower-log-spare");
            thread.setDaemon(true);
            thread.start();
        };
    }
}
