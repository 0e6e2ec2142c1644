package io.hightower.kv.replication.ratis.log;

import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file of the log, as its name has it.
 *
 * @param path where it is
 * @param first the index of its first entry
 * @param last the index of its last entry; nothing while the file is open
 */
record LogFile(Path path, long first, OptionalLong last) {
    /** The names that Ratis gives: {@code log_FIRST-LAST}, or {@code log_inprogress_FIRST}. */
    private static final Pattern NAME = Pattern.compile("log_(?:inprogress_(\\d{1,18})|(\\d{1,18})-(\\d{1,18}))");

    /**
     * Returns the files of a log in the order of their entries.
     *
     * @throws StorageException if the directory cannot be read
     */
    static List<LogFile> in(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(LogFile::of)
                    .flatMap(Optional::stream)
                    .sorted(Comparator.comparingLong(LogFile::first))
                    .toList();
        } catch (IOException e) {
            throw new StorageException("The log directory cannot be read: directory=" + directory, e);
        }
    }

    private static Optional<LogFile> of(Path path) {
        Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
        if (!name.matches()) {
            return Optional.empty();
        }
        return Optional.of(
                name.group(1) != null
                        ? new LogFile(path, Long.parseLong(name.group(1)), OptionalLong.empty())
                        : new LogFile(
                                path, Long.parseLong(name.group(2)), OptionalLong.of(Long.parseLong(name.group(3)))));
    }

    boolean isOpen() {
        return last.isEmpty();
    }
}
