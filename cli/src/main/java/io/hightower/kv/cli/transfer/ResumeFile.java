package io.hightower.kv.cli.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The file beside an import's input that remembers how far the import came: {@code FILE.resume}.
 *
 * <p>Text, one {@code name=value} per line behind a line with the format version. It identifies the input by size and time
 * of change, so that a place in one file is never used in another. <b>Durability.</b> A crash leaves the content of
 * {@link #write} or that of before, never a part. <b>Threads.</b> Used by one thread at a time.
 */
public final class ResumeFile {
    private static final String HEADER_WITHOUT_VERSION = "hightower import resume, format ";
    private static final String VERSION = "1";
    private static final String HEADER = HEADER_WITHOUT_VERSION + VERSION;

    private final Path input;
    private final Path file;
    private final Path draft;
    private final Identity identity;

    /**
     * What tells one state of the input from another.
     *
     * @param bytes its size
     * @param modified the time of its last change, as the file system gives it
     */
    private record Identity(long bytes, String modified) {}

    private ResumeFile(Path input, Identity identity) {
        this.input = input;
        this.file = input.resolveSibling(input.getFileName() + ".resume");
        this.draft = input.resolveSibling(input.getFileName() + ".resume.new");
        this.identity = identity;
    }

    /** Returns the resume file of an input, which must exist and must not change from now on. */
    public static ResumeFile of(Path input) throws IOException {
        return new ResumeFile(input, identify(input));
    }

    private static Identity identify(Path input) throws IOException {
        return new Identity(
                Files.size(input), Files.getLastModifiedTime(input).toInstant().toString());
    }

    /** Returns where the resume file is, or would be. */
    public Path path() {
        return file;
    }

    /**
     * Reads how far an earlier import came.
     *
     * @return nothing if there is no such file
     * @throws IllegalArgumentException if the file belongs to another state of the input, is of another format, or is no
     *     resume file
     */
    public Optional<ImportMark> read() throws IOException {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (CharacterCodingException e) {
            throw unreadable();
        }
        String[] lines = text.split("\n", -1);
        if (!lines[0].equals(HEADER)) {
            throw lines[0].startsWith(HEADER_WITHOUT_VERSION)
                    ? ofAnotherFormat(lines[0].substring(HEADER_WITHOUT_VERSION.length()))
                    : unreadable();
        }
        Map<String, String> facts = new HashMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                facts.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        if (!Long.toString(identity.bytes()).equals(facts.get("bytes"))
                || !identity.modified().equals(facts.get("modified"))) {
            throw new IllegalArgumentException(
                    "The input changed since the import that is to be resumed; begin from its "
                            + "start with --no-resume: input=" + input);
        }
        return Optional.of(mark(facts));
    }

    private ImportMark mark(Map<String, String> facts) {
        try {
            String lastStored = facts.get("lastStored");
            return new ImportMark(
                    Long.parseLong(facts.getOrDefault("offset", "")),
                    Long.parseLong(facts.getOrDefault("line", "")),
                    lastStored == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(lastStored)));
        } catch (IllegalArgumentException e) {
            throw unreadable();
        }
    }

    private IllegalArgumentException ofAnotherFormat(String found) {
        return new IllegalArgumentException(
                "The resume file is of another release; begin from the start of the input with" + " --no-resume: file="
                        + file + " found=format " + found + " supported=format " + VERSION);
    }

    private IllegalArgumentException unreadable() {
        return new IllegalArgumentException(
                "The file is no resume file, or damaged; begin from the start of the input with --no-resume: file="
                        + file);
    }

    /** Replaces the content with a place before which every line is answered. */
    public void write(ImportMark mark) throws IOException {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        text.append("bytes=").append(identity.bytes()).append('\n');
        text.append("modified=").append(identity.modified()).append('\n');
        text.append("offset=").append(mark.offset()).append('\n');
        text.append("line=").append(mark.line()).append('\n');
        mark.lastStored().ifPresent(at -> text.append("lastStored=").append(at).append('\n'));
        ByteBuffer content = StandardCharsets.UTF_8.encode(text.toString());
        try (FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (content.hasRemaining()) {
                channel.write(content);
            }
            channel.force(true);
        }
        // Without a sync of the directory: a power cut may bring back the place of before, from which lines are
        // repeated.
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes the file, if it is there. */
    public void delete() throws IOException {
        Files.deleteIfExists(draft);
        Files.deleteIfExists(file);
    }
}
