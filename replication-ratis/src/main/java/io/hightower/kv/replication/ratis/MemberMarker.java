package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The file that says whose directory this is. Ratis itself would take an emptied directory for a new one, and a member that
 * forgot its votes and its log can undo what was acknowledged.
 *
 * <pre>
 * hightower-kv member 0          name and format version
 * cluster=NAME
 * member=NAME
 * incarnation=UUID               made up when the directory was first used
 * stage=joining | started        started: it may have voted
 * seen=NAME UUID                 one line per other member that was ever heard, with its incarnation
 * crc32c=HEX                     over all the bytes before this line
 * </pre>
 *
 * <p><b>Immutable.</b>
 */
record MemberMarker(
        String cluster, String member, String incarnation, boolean started, SortedMap<String, String> seen) {
    static final String FILE = "MEMBER";

    private static final String HEADER_WITHOUT_VERSION = "hightower-kv member ";
    private static final String VERSION = "0";
    private static final String CHECKSUM = "crc32c=";

    MemberMarker {
        seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
    }

    MemberMarker asStarted() {
        return new MemberMarker(cluster, member, incarnation, true, seen);
    }

    MemberMarker having(String otherMember, String otherIncarnation) {
        TreeMap<String, String> more = new TreeMap<>(seen);
        more.put(otherMember, otherIncarnation);
        return new MemberMarker(cluster, member, incarnation, started, more);
    }

    /** Reads the marker of a directory; nothing if there is none. */
    static Optional<MemberMarker> read(Path directory) {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new StorageException("The member's marker file cannot be read: file=" + file, e);
        }
    }

    private static MemberMarker parse(String file, String text) {
        String header = text.lines().findFirst().orElse("");
        if (!header.equals(HEADER_WITHOUT_VERSION + VERSION)) {
            throw new FormatException("marker file " + file, "'" + header + "'", HEADER_WITHOUT_VERSION + VERSION);
        }
        int checksumAt = text.lastIndexOf(CHECKSUM);
        if (checksumAt < 0 || !text.substring(checksumAt).equals(checksumLine(text.substring(0, checksumAt)))) {
            throw new CorruptionException(file, Math.max(0, checksumAt), "a matching checksum", "another");
        }
        List<String> lines =
                new ArrayList<>(text.substring(0, checksumAt).lines().toList());
        SortedMap<String, String> seen = new TreeMap<>();
        for (String line : lines.subList(Math.min(5, lines.size()), lines.size())) {
            String[] words = value(file, line, "seen").split(" ", -1);
            seen.put(words[0], words[words.length - 1]);
        }
        if (lines.size() < 5) {
            throw new CorruptionException(file, 0, "at least 5 lines", lines.size() + " lines");
        }
        return new MemberMarker(
                value(file, lines.get(1), "cluster"),
                value(file, lines.get(2), "member"),
                value(file, lines.get(3), "incarnation"),
                value(file, lines.get(4), "stage").equals("started"),
                seen);
    }

    private static String value(String file, String line, String name) {
        if (!line.startsWith(name + "=")) {
            throw new CorruptionException(file, 0, "a line beginning with " + name + "=", "'" + line + "'");
        }
        return line.substring(name.length() + 1);
    }

    /** Replaces the marker of a directory. Durable on return. */
    void write(Path directory) {
        StringBuilder text = new StringBuilder();
        text.append(HEADER_WITHOUT_VERSION).append(VERSION).append('\n');
        text.append("cluster=").append(cluster).append('\n');
        text.append("member=").append(member).append('\n');
        text.append("incarnation=").append(incarnation).append('\n');
        text.append("stage=").append(started ? "started" : "joining").append('\n');
        for (Map.Entry<String, String> other : seen.entrySet()) {
            text.append("seen=").append(other.getKey()).append(' ').append(other.getValue());
            text.append('\n');
        }
        text.append(checksumLine(text.toString()));
        Path file = directory.resolve(FILE);
        try {
            Path replacement = directory.resolve(FILE + ".new");
            writeAndSync(replacement, text.toString());
            Files.move(replacement, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncDirectory(directory);
        } catch (IOException e) {
            throw new StorageException("The member's marker file cannot be written: file=" + file, e);
        }
    }

    private static void writeAndSync(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static String checksumLine(String text) {
        CRC32C checksum = new CRC32C();
        checksum.update(text.getBytes(StandardCharsets.UTF_8));
        return CHECKSUM + Long.toHexString(checksum.getValue()) + "\n";
    }
}
