package io.hightower.kv.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * What tells that a file was replaced, without reading it: its time, size and place. A missing file has a stamp, too.
 * <b>Immutable.</b>
 */
record FileStamp(Path file, String seen) {
    /** Returns the stamps of files, links followed. */
    static List<FileStamp> of(List<Path> files) {
        return files.stream().map(FileStamp::of).toList();
    }

    private static FileStamp of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new FileStamp(
                    file, attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey());
        } catch (IOException e) {
            return new FileStamp(file, "unreadable");
        }
    }
}
