package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.MemberRecord;
import io.hightower.kv.replication.ratis.membership.MemberSelf;
import io.hightower.kv.replication.ratis.membership.MemberSelf.Origin;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.ClusterId;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
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
 * hightower-kv member 1          name and format version
 * cluster=ID                     16 hexadecimal digits, as all ids
 * token=TOKEN
 * member=ID
 * name=NAME
 * origin=founded | joined
 * incarnation=UUID               made up when the directory was first used
 * stage=joining | started        started: it may have voted
 * peer=ID ADDRESS NAME           one line per member that it heard of when it became one, itself included;
 *                                without NAME if it had none yet
 * seen=ID UUID                   one line per other member that was ever heard, with its incarnation
 * crc32c=HEX                     over all the bytes before this line
 * </pre>
 *
 * <p><b>Immutable.</b>
 */
record MemberMarker(MemberSelf self, String incarnation, boolean started, SortedMap<MemberId, String> seen) {
    static final String FILE = "MEMBER";

    private static final String HEADER_WITHOUT_VERSION = "hightower-kv member ";
    private static final String VERSION = "1";
    private static final String CHECKSUM = "crc32c=";

    MemberMarker {
        seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
    }

    MemberMarker asStarted() {
        return new MemberMarker(self, incarnation, true, seen);
    }

    MemberMarker having(MemberId otherMember, String otherIncarnation) {
        TreeMap<MemberId, String> more = new TreeMap<>(seen);
        more.put(otherMember, otherIncarnation);
        return new MemberMarker(self, incarnation, started, more);
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
        return new Lines(file, text.substring(0, checksumAt).lines().toList()).marker();
    }

    /** The lines of a marker whose checksum fits. <b>Used by one thread at a time.</b> */
    private static final class Lines {
        private final String file;
        private final List<String> lines;
        private int next = 1;

        Lines(String file, List<String> lines) {
            this.file = file;
            this.lines = lines;
        }

        MemberMarker marker() {
            ClusterId cluster = new ClusterId(id(value("cluster")).value());
            String token = value("token");
            MemberId member = id(value("member"));
            String name = value("name");
            Origin origin = value("origin").equals("founded") ? Origin.FOUNDED : Origin.JOINED;
            String incarnation = value("incarnation");
            boolean started = value("stage").equals("started");
            List<MemberRecord> others = new ArrayList<>();
            while (isNext("peer")) {
                String[] words = words("peer", 3);
                others.add(MemberRecord.of(id(words[0]), words[2], words[1], Kind.VOTER));
            }
            SortedMap<MemberId, String> seen = new TreeMap<>();
            while (next < lines.size()) {
                String[] words = words("seen", 2);
                seen.put(id(words[0]), words[1]);
            }
            MemberSelf self = new MemberSelf(member, name, cluster, token, origin, others);
            return new MemberMarker(self, incarnation, started, seen);
        }

        private boolean isNext(String key) {
            return next < lines.size() && lines.get(next).startsWith(key + "=");
        }

        private String value(String key) {
            if (!isNext(key)) {
                String found = next < lines.size() ? lines.get(next) : "";
                throw new CorruptionException(file, 0, "a line beginning with " + key + "=", "'" + found + "'");
            }
            return lines.get(next++).substring(key.length() + 1);
        }

        private String[] words(String key, int count) {
            String value = value(key);
            String[] words = value.split(" ", -1);
            if (words.length != count) {
                throw new CorruptionException(file, 0, count + " words behind " + key + "=", "'" + value + "'");
            }
            return words;
        }

        private MemberId id(String text) {
            return MemberId.parse(text)
                    .orElseThrow(() -> new CorruptionException(file, 0, "hexadecimal digits", "'" + text + "'"));
        }
    }

    /** Replaces the marker of a directory. Durable on return. */
    void write(Path directory) {
        StringBuilder text = new StringBuilder();
        text.append(HEADER_WITHOUT_VERSION).append(VERSION).append('\n');
        text.append("cluster=").append(self.cluster()).append('\n');
        text.append("token=").append(self.token()).append('\n');
        text.append("member=").append(self.id()).append('\n');
        text.append("name=").append(self.name()).append('\n');
        text.append("origin=").append(self.origin() == Origin.FOUNDED ? "founded" : "joined");
        text.append("\nincarnation=").append(incarnation).append('\n');
        text.append("stage=").append(started ? "started" : "joining").append('\n');
        for (MemberRecord other : self.others()) {
            text.append("peer=").append(other.id()).append(' ').append(other.address());
            text.append(' ').append(other.name()).append('\n');
        }
        for (Map.Entry<MemberId, String> other : seen.entrySet()) {
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
