package io.hightower.kv.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a process leaves behind that ends without closing its store: a copy of the files while the store is open. */
final class UncleanEnd {
    private UncleanEnd() {}

    /**
     * Copies the files of a store that nobody writes to at the moment. The lock stays with its holder, and so do spare segments,
     * which the background may be making: they hold nothing.
     */
    static void copy(Path store, Path target) throws IOException {
        for (Path file : files(store)) {
            String name = String.valueOf(file.getFileName());
            if (!name.equals("LOCK") && !name.startsWith("spare-")) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
    }

    /** Deletes a directory without directories in it. */
    static void delete(Path store) throws IOException {
        for (Path file : files(store)) {
            Files.delete(file);
        }
        Files.delete(store);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
