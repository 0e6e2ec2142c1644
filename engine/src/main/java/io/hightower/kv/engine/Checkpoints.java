package io.hightower.kv.engine;

import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.FileDisk;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import java.nio.file.Path;

/** Makes openable copies of a store in other directories, out of links to its files. <b>Thread-safe.</b> */
final class Checkpoints {
    private final Disk origin;
    private final LogStructuredStore store;

    /** Copies the store that lies on {@code origin}. */
    Checkpoints(Disk origin, LogStructuredStore store) {
        this.origin = origin;
        this.store = store;
    }

    /** Makes a copy; see {@link io.hightower.kv.statemachine.api.LocalEngine#checkpoint}. */
    @SuppressWarnings("try") // The lock is held, and nothing else is done with it.
    void makeIn(Path directory) {
        if (!(origin instanceof FileDisk)) {
            throw new UnsupportedOperationException("A store in memory is in no directory: target=" + directory);
        }
        Disk target = FileDisk.open(directory);
        // First without the lock, which would leave a file in a directory of somebody else.
        requireEmpty(target);
        // Nobody opens the copy before it is whole.
        try (Disk.DirectoryLock held = target.lock()) {
            requireEmpty(target);
            fill(target);
        }
    }

    private static void requireEmpty(Disk target) {
        if (!target.list().isEmpty()) {
            throw new StorageException(
                    "A checkpoint needs a directory without files: directory=" + target.description());
        }
    }

    private void fill(Disk target) {
        try {
            store.checkpointTo(target);
        } catch (RuntimeException e) {
            clear(target, e);
            throw e;
        }
    }

    /** Deletes what was made, which would keep the next attempt from the directory. */
    private static void clear(Disk target, RuntimeException cause) {
        try {
            target.list().forEach(target::delete);
            target.syncDirectory();
        } catch (StorageException e) {
            cause.addSuppressed(e);
        }
    }
}
