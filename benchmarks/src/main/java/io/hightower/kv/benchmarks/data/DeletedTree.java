package io.hightower.kv.benchmarks.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders that are not needed any more. */
public final class DeletedTree {
    private DeletedTree() {}

    /** Deletes a folder with all that is in it. What is not there is as good as deleted. */
    public static void delete(Path folder) {
        try {
            for (Path path : below(folder)) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the total length of all files in a folder and below it. */
    public static long bytes(Path folder) {
        return bytes(folder, "");
    }

    /** Returns the total length of the files in a folder and below it whose name has this end. */
    public static long bytes(Path folder, String nameEnd) {
        long bytes = 0;
        try {
            for (Path path : below(folder)) {
                boolean isCounted = Files.isRegularFile(path) && path.toString().endsWith(nameEnd);
                bytes += isCounted ? Files.size(path) : 0;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }

    /** Returns everything in a folder, the innermost first, and last the folder itself. */
    private static List<Path> below(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.sorted(Comparator.reverseOrder()).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
