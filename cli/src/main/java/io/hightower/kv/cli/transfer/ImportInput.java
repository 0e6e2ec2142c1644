package io.hightower.kv.cli.transfer;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The input of an import, positioned where the import begins.
 *
 * <p><b>Used by one thread at a time.</b> <b>Lifetime.</b> {@link #close} closes the file; a stream stays open.
 */
public final class ImportInput implements AutoCloseable {
    private final InputStream stream;
    private final Optional<Path> file;
    private final Optional<ResumeFile> resume;
    private final ImportMark start;
    private final OptionalLong bytes;

    private ImportInput(InputStream stream, Optional<Path> file, Optional<ResumeFile> resume, ImportMark start)
            throws IOException {
        this.stream = stream;
        this.file = file;
        this.resume = resume;
        this.start = start;
        this.bytes = file.isPresent() ? OptionalLong.of(Files.size(file.get())) : OptionalLong.empty();
    }

    /** Returns a stream as input, which has no size and cannot be resumed. */
    public static ImportInput stream(InputStream stream) throws IOException {
        return new ImportInput(stream, Optional.empty(), Optional.empty(), ImportMark.START);
    }

    /** Opens a file at its beginning, without a resume file. */
    public static ImportInput fromStart(Path file) throws IOException {
        return open(file, Optional.empty());
    }

    /**
     * Opens a file where its resume file says. What is no regular file, a pipe for instance, begins at its beginning.
     *
     * @throws IllegalArgumentException if the resume file is of another state of the file, or cannot be understood
     */
    public static ImportInput resumable(Path file) throws IOException {
        return open(file, Files.isRegularFile(file) ? Optional.of(ResumeFile.of(file)) : Optional.empty());
    }

    private static ImportInput open(Path file, Optional<ResumeFile> resume) throws IOException {
        FileInputStream stream = new FileInputStream(file.toFile());
        try {
            ImportMark start = ImportMark.START;
            if (resume.isPresent()) {
                start = resume.get().read().orElse(start);
                stream.getChannel().position(start.offset());
            }
            Optional<Path> sized = Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
            return new ImportInput(stream, sized, resume, start);
        } catch (IOException | RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    /** Returns the lines from the start on. */
    LineSource lines() {
        return new LineSource(stream, start, Importer.LINE_BYTES_MAX);
    }

    /** Returns where the import begins. */
    public ImportMark start() {
        return start;
    }

    /** Returns the size of the whole input; nothing if it is not known. */
    public OptionalLong bytes() {
        return bytes;
    }

    /** Returns where to remember how far the import came. */
    public Optional<ResumeFile> resume() {
        return resume;
    }

    /** Returns the last line that an earlier import stored; nothing if there was none. */
    public Optional<LineSource.Line> lastStored() throws IOException {
        if (file.isEmpty() || start.lastStored().isEmpty()) {
            return Optional.empty();
        }
        try (FileInputStream earlier = new FileInputStream(file.get().toFile())) {
            ImportMark place = new ImportMark(start.lastStored().getAsLong(), 0, OptionalLong.empty());
            earlier.getChannel().position(place.offset());
            return new LineSource(earlier, place, Importer.LINE_BYTES_MAX).next();
        }
    }

    @Override
    public void close() throws IOException {
        if (file.isPresent()) {
            stream.close();
        }
    }
}
