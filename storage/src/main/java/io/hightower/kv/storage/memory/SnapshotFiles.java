package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot files on one disk: how a new one takes the place of the old one, and what is left lying about.
 *
 * <p><b>Durability.</b> A file is written under a temporary name, synced, renamed, and counts once the directory is synced too.
 * <b>Failure.</b> A failed sync is final: nobody knows what is on the disk, so everything here refuses from then on with the
 * first cause. After any other failure the old file is in force, and trying again is allowed. <b>Threads.</b> Replacing is for
 * one thread at a time; the rest is thread-safe.
 */
final class SnapshotFiles {
    private static final System.Logger LOGGER = System.getLogger(SnapshotFiles.class.getName());

    private final Disk disk;
    private final AtomicReference<@Nullable RuntimeException> failedSync = new AtomicReference<>();

    SnapshotFiles(Disk disk) {
        this.disk = disk;
    }

    /** Writes the content of a file. */
    interface Content {
        void writeTo(DiskFileOutput target) throws IOException;
    }

    /** Returns the log index of the newest snapshot file; nothing if there is none. */
    OptionalLong newest() {
        return disk.list().stream()
                .map(SnapshotFormat::indexOf)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .max();
    }

    /** Opens the snapshot file of that log index. The caller closes it. */
    DiskFile open(long index) {
        return disk.open(SnapshotFormat.fileName(index));
    }

    /** Creates a file under a temporary name. The caller closes it. */
    TemporaryFile createTemporary(String distinction) {
        requireHealthy();
        return TemporaryFile.create(disk, SnapshotFormat.temporaryName(distinction));
    }

    /**
     * Makes a new snapshot the durable one.
     *
     * @param index the log index that it reaches to
     * @return the bytes written
     */
    long write(long index, Content content) throws IOException {
        try (TemporaryFile temporary = createTemporary(Long.toString(index))) {
            DiskFileOutput target = new DiskFileOutput(temporary.file());
            content.writeTo(target);
            target.flush();
            install(temporary, index);
            return temporary.file().length();
        }
    }

    /** Makes a completely written temporary file the durable snapshot at {@code index}. */
    void install(TemporaryFile temporary, long index) {
        sync(temporary.file());
        temporary.rename(SnapshotFormat.fileName(index));
        syncDirectory();
    }

    /** Forces a file's content to the disk. */
    void sync(DiskFile file) {
        requireHealthy();
        try {
            file.sync();
        } catch (RuntimeException e) {
            throw poisonedBy(e);
        }
    }

    /** Makes renamed files durable under their names. */
    void syncDirectory() {
        requireHealthy();
        try {
            disk.syncDirectory();
        } catch (RuntimeException e) {
            throw poisonedBy(e);
        }
    }

    /** Throws if a sync failed before. */
    void requireHealthy() {
        RuntimeException cause = failedSync.get();
        if (cause != null) {
            throw new StorageException(
                    "Snapshots are refused after a failed sync until the store is reopened: directory="
                            + disk.description(),
                    cause);
        }
    }

    private RuntimeException poisonedBy(RuntimeException failure) {
        failedSync.compareAndSet(null, failure);
        return failure;
    }

    /**
     * Deletes the snapshots before {@code index}: they are of no use any more. A failure is only logged, because the newer one is
     * in force; the files go after the next snapshot.
     */
    void deleteBefore(long index) {
        try {
            for (String name : disk.list()) {
                OptionalLong found = SnapshotFormat.indexOf(name);
                if (found.isPresent() && found.getAsLong() < index) {
                    disk.delete(name);
                }
            }
        } catch (StorageException e) {
            LOGGER.log(System.Logger.Level.WARNING, "A replaced snapshot stays: directory=" + disk.description(), e);
        }
    }

    /** Deletes what was being written when the store was last used. */
    void deleteTemporary() {
        for (String name : disk.list()) {
            if (SnapshotFormat.isTemporaryName(name)) {
                disk.delete(name);
            }
        }
    }
}
