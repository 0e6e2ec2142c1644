package io.hightower.kv.storage.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The mapped files of a disk. Segments of a log are used again and again under other names: each is mapped once, because
 * nobody can tell when the virtual machine unmaps. <b>Thread-safe.</b>
 */
final class MappedFiles {
    /** More than there are spares and segments in use; the ones used longest ago are left to the virtual machine. */
    private static final int KEPT_MAX = 6;

    /** By what the operating system calls the file, which is given to no other file while this one is mapped. */
    private final Map<Object, MappedFile> kept = new LinkedHashMap<>(2 * KEPT_MAX, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, MappedFile> eldest) {
            return size() > KEPT_MAX;
        }
    };

    /** Forgets a file that is deleted or cut, so that the virtual machine may unmap it. */
    synchronized void forget(Object identity) {
        kept.remove(identity);
    }

    synchronized boolean isEmpty() {
        return kept.isEmpty();
    }

    /** Returns the file mapped over so many bytes, which is how long it is. */
    synchronized MappedFile map(Object identity, Path path, long length) throws IOException {
        MappedFile present = kept.get(identity);
        if (present != null && present.length() == length) {
            return present;
        }
        MappedFile mapped = MappedFile.of(path);
        kept.put(identity, mapped);
        return mapped;
    }
}
