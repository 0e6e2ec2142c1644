package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.Disk;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The names of files that nobody reads any more. They are deleted by whoever writes files, so that readers never wait for
 * the disk. What a crash leaves is found when the store is opened. <b>Thread-safe.</b>
 */
final class ObsoleteFiles {
    private static final System.Logger LOGGER = System.getLogger(ObsoleteFiles.class.getName());

    private final Disk disk;
    /** Guarded by this. */
    private final Set<String> names = new HashSet<>();

    ObsoleteFiles(Disk disk) {
        this.disk = disk;
    }

    synchronized void add(String name) {
        names.add(name);
    }

    /**
     * Deletes what is on the list, unless it is in force: an installed state may have brought a file back while an old view
     * still held the former one. A failure is logged: the file goes when the store is opened next.
     *
     * @param inForce the names of the files in force; nobody changes them meanwhile
     */
    void delete(Set<String> inForce) {
        for (String name : taken()) {
            try {
                if (!inForce.contains(name)) {
                    disk.delete(name);
                }
            } catch (StorageException e) {
                LOGGER.log(System.Logger.Level.WARNING, "A file that is not needed any more stays: file=" + name, e);
            }
        }
    }

    private synchronized List<String> taken() {
        List<String> taken = new ArrayList<>(names);
        names.clear();
        taken.sort(null);
        return taken;
    }
}
