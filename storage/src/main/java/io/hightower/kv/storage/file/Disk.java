package io.hightower.kv.storage.file;

import java.util.List;

/**
 * One directory on a disk, with files in it that have plain names.
 *
 * <p><b>Durability.</b> Two things become durable separately: a file's content by {@link DiskFile#sync}, and its name (after
 * creating, linking, renaming or deleting) by {@link #syncDirectory}. Power loss may undo every name change since the last directory
 * sync, each independently of the others. <b>Threads.</b> Thread-safe. <b>Failure.</b> Every method throws {@link
 * io.hightower.kv.statemachine.StorageException} naming the file if the operating system fails, and {@link
 * io.hightower.kv.statemachine.DiskFullException} if space ran out.
 */
public interface Disk {
    /** Creates an empty file and opens it for reading and writing. Fails if the name is taken. */
    DiskFile create(String name);

    /** Opens an existing file for reading and writing. Fails if there is none. */
    DiskFile open(String name);

    /** Tells whether there is a file of that name. */
    boolean exists(String name);

    /** Returns the names of all files, sorted. */
    List<String> list();

    /** Gives a file another name, atomically: after power loss it has one of the two. Replaces a file of the new name. */
    void rename(String from, String to);

    /** Deletes a file. Fails if there is none. */
    void delete(String name);

    /**
     * Gives a finished file of this directory the same name in another directory too. The content is shared, so neither
     * holder writes to the file any more; where the file system cannot share it, it is copied and synced. The new name is
     * durable after {@link #syncDirectory} of the target. Fails if there is no such file, or if the name is taken there.
     *
     * @param name a file whose content is synced, and that is never written again
     * @param target a directory of the same kind of disk
     */
    void linkTo(String name, Disk target);

    /** Makes every name change durable that was made before the call. Never repeated after a failure. */
    void syncDirectory();

    /** Returns how many bytes can still be written, as the operating system sees it. */
    long freeBytes();

    /**
     * Takes the directory for this process until the lock is closed or the process ends.
     *
     * @throws io.hightower.kv.statemachine.DirectoryInUseException naming the holder if somebody has it
     */
    DirectoryLock lock();

    /** Names the directory in messages. */
    String description();

    /** The right to use a directory. Closing it gives the directory free; idempotent. */
    interface DirectoryLock extends AutoCloseable {
        @Override
        void close();
    }
}
