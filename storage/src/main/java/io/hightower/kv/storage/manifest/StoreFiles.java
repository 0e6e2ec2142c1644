package io.hightower.kv.storage.manifest;

import io.hightower.kv.storage.file.CompleteFile;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.history.HistoryId;
import io.hightower.kv.storage.system.SystemId;
import io.hightower.kv.storage.table.TableId;
import java.util.List;
import java.util.Set;

/** Tells the files that manifests are about from all others in a directory. */
public final class StoreFiles {
    private StoreFiles() {}

    /** Tells whether a file of that name is a table, a history file or one of system records. */
    public static boolean isFinishedName(String name) {
        return TableId.numberIn(name).isPresent() || HistoryId.isFileName(name) || SystemId.isFileName(name);
    }

    /** Tells whether a file of that name is what an interrupted creation of such a file, or of a manifest, left. */
    public static boolean isTemporaryName(String name) {
        if (!name.endsWith(CompleteFile.TEMPORARY_SUFFIX)) {
            return false;
        }
        String finished = name.substring(0, name.length() - CompleteFile.TEMPORARY_SUFFIX.length());
        return finished.equals(ManifestFile.FILE) || isFinishedName(finished);
    }

    /** Returns the names of finished and temporary files that a manifest does not name, sorted. */
    public static List<String> unreferenced(Disk disk, StoreManifest manifest) {
        Set<String> referenced = manifest.files().keySet();
        return disk.list().stream()
                .filter(name -> isTemporaryName(name) || (isFinishedName(name) && !referenced.contains(name)))
                .toList();
    }

    /**
     * Deletes what {@link #unreferenced} returns, and nothing else. Whatever power loss brings back is found again.
     *
     * @param manifest the one in force, from {@link ManifestFile#read}; nobody uses other files
     * @return the names of the files deleted
     */
    public static List<String> deleteUnreferenced(Disk disk, StoreManifest manifest) {
        List<String> names = unreferenced(disk, manifest);
        names.forEach(disk::delete);
        return names;
    }
}
