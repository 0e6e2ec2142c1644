package io.hightower.kv.cluster;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Real input: the files of this machine, one line each, {@code path<TAB>size time}. */
final class FileList {
    private FileList() {}

    /** Writes at most {@code linesMax} lines about the files below {@code root}. */
    static void write(Path root, int linesMax, Path target) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(target)) {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                private int lines;

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (attributes.isRegularFile()) {
                        writer.write(file + "\t" + attributes.size() + " " + attributes.lastModifiedTime() + "\n");
                        lines++;
                    }
                    return lines < linesMax ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) {
                    return FileVisitResult.CONTINUE;
                }
            });
        }
    }

    /** Returns the lines sorted as bytes are, to compare what went in with what comes out. */
    static List<String> sortedLines(Path file) {
        try {
            List<String> lines = new ArrayList<>(Files.readAllLines(file));
            Collections.sort(lines);
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException("A file list cannot be read: file=" + file, e);
        }
    }
}
