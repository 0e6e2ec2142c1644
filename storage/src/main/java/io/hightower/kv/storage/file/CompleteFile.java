package io.hightower.kv.storage.file;

import io.hightower.kv.statemachine.StorageException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/**
 * Creates files that exist with all of their first content or not at all.
 *
 * <p>The content is written under a temporary name and synced, then the file is renamed and the directory synced. After power
 * loss there is the complete file, or a leftover with the suffix {@link #TEMPORARY_SUFFIX} that may be deleted.
 */
public final class CompleteFile {
    /** What temporary names end with. */
    public static final String TEMPORARY_SUFFIX = ".tmp";

    private static final System.Logger LOGGER = System.getLogger(CompleteFile.class.getName());

    private CompleteFile() {}

    /**
     * Creates a file with content, replacing one of that name; durable on return. A failure before the renaming leaves the
     * directory as it was.
     */
    public static void create(Disk disk, String name, ByteBuffer content) {
        String temporary = name + TEMPORARY_SUFFIX;
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        try (DiskFile file = disk.create(temporary)) {
            file.write(0, content);
            file.sync();
        } catch (StorageException e) {
            deleteQuietly(disk, temporary, e);
            throw e;
        }
        disk.rename(temporary, name);
        disk.syncDirectory();
    }

    private static void deleteQuietly(Disk disk, String temporary, StorageException cause) {
        try {
            if (disk.exists(temporary)) {
                disk.delete(temporary);
            }
        } catch (StorageException e) {
            LOGGER.log(Level.WARNING, "A temporary file stays behind: file={0} cause={1}", temporary, e.getMessage());
            cause.addSuppressed(e);
        }
    }

    /** Deletes what interrupted creations left behind. For the holder of the directory's lock only. */
    public static void deleteLeftovers(Disk disk, String prefix) {
        for (String name : disk.list()) {
            if (name.startsWith(prefix) && name.endsWith(TEMPORARY_SUFFIX)) {
                disk.delete(name);
            }
        }
    }
}
