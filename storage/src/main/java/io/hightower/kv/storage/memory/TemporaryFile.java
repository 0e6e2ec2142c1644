package io.hightower.kv.storage.memory;

import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;

/**
 * A file under a name of no lasting meaning, which goes when it is closed unless it got a better one. What a crash leaves of it
 * is deleted at the next opening. <b>Used by one thread at a time.</b>
 */
final class TemporaryFile implements AutoCloseable {
    private final Disk disk;
    private final DiskFile file;
    private boolean kept;
    private boolean closed;

    private TemporaryFile(Disk disk, DiskFile file) {
        this.disk = disk;
        this.file = file;
    }

    /** Creates an empty file, in the place of a leftover of that name. */
    static TemporaryFile create(Disk disk, String name) {
        if (disk.exists(name)) {
            disk.delete(name);
        }
        return new TemporaryFile(disk, disk.create(name));
    }

    DiskFile file() {
        return file;
    }

    /** Gives the file a lasting name, durable after the next directory sync. */
    void rename(String lastingName) {
        disk.rename(file.name(), lastingName);
        kept = true;
    }

    /** Lets go of the file without deleting it: the directory may have another user. */
    void abandon() {
        closed = true;
        file.close();
    }

    /** Closes the file, and deletes it if it was not renamed. Idempotent, also when deleting fails. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        file.close();
        if (!kept) {
            disk.delete(file.name());
        }
    }
}
