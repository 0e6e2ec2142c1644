package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.RatisOptions.Bootstrap;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.server.storage.RaftStorage;

/**
 * A member's Ratis directory, and the judgement whether it may be used: a directory is formatted once, in the life of a
 * member, and recovered ever after.
 *
 * <p><b>Threads.</b> Thread-safe. <b>Failure.</b> Refusals are {@link StorageException}s that say what to do.
 */
final class MemberDirectory {
    /** The names that Ratis gives to the files of its log: {@code log_FIRST-LAST}, or {@code log_inprogress_FIRST}. */
    private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_(\\d+)|(\\d+)-(\\d+))");

    private static final String REJOIN = "Have this member removed from the cluster and add it again, with empty"
            + " directories, under a name that was never used";

    private final Path directory;
    private final Path group;

    /** Guards the marker. */
    private final ReentrantLock lock = new ReentrantLock();

    private MemberMarker marker;

    private MemberDirectory(Path directory, Path group, MemberMarker marker) {
        this.directory = directory;
        this.group = group;
        this.marker = marker;
    }

    /**
     * Looks at the directory and marks it as this member's.
     *
     * @param applied where the member's state stands, which must fit
     * @throws StorageException if the directory belongs to somebody else, was emptied, or may not be used for the first time
     */
    static MemberDirectory open(RatisOptions options, LogPosition applied) {
        Path directory = options.directory();
        Path group = directory.resolve(options.clusterId().toString());
        Optional<MemberMarker> found = MemberMarker.read(directory);
        if (found.isEmpty()) {
            requireFirstUse(options, applied);
            createDirectory(directory);
            MemberMarker fresh = new MemberMarker(
                    options.clusterName(), options.memberId(), UUID.randomUUID().toString(), false, new TreeMap<>());
            fresh.write(directory);
            return new MemberDirectory(directory, group, fresh);
        }
        MemberDirectory opened = new MemberDirectory(directory, group, found.get());
        opened.requireOwner(options);
        if (found.get().started() && !opened.isFormatted()) {
            throw new StorageException("The log of this member is gone, and with it the votes that it gave. " + REJOIN
                    + ": directory=" + group + " memberId=" + options.memberId());
        }
        return opened;
    }

    private static void requireFirstUse(RatisOptions options, LogPosition applied) {
        if (!applied.equals(LogPosition.START)) {
            throw new StorageException("The state has a history, but the log that it came from is gone. " + REJOIN
                    + ": directory=" + options.directory() + " memberId=" + options.memberId() + " applied=" + applied);
        }
        if (options.bootstrap() == Bootstrap.EXISTING) {
            throw new StorageException("This directory was never a member of a cluster. Start it as new if the whole"
                    + " cluster is new; otherwise check the path, or restore what was there: directory="
                    + options.directory() + " memberId=" + options.memberId());
        }
    }

    private static void createDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StorageException("The directory cannot be created: directory=" + directory, e);
        }
    }

    private void requireOwner(RatisOptions options) {
        if (!marker.cluster().equals(options.clusterName()) || !marker.member().equals(options.memberId())) {
            throw new StorageException("The directory belongs to another member. Check the names and the path:"
                    + " directory=" + directory + " clusterName=" + options.clusterName() + " found="
                    + marker.cluster() + " memberId=" + options.memberId() + " found=" + marker.member());
        }
    }

    /** Tells Ratis what to do with the directory. */
    RaftStorage.StartupOption startupOption() {
        // A first start that was cut off after formatting left a directory that nobody else has heard of.
        return Files.exists(group) ? RaftStorage.StartupOption.RECOVER : RaftStorage.StartupOption.FORMAT;
    }

    private boolean isFormatted() {
        return Files.exists(group.resolve("current").resolve("raft-meta"));
    }

    /** Tells whether this member may have taken part in the cluster. */
    boolean started() {
        lock.lock();
        try {
            return marker.started();
        } finally {
            lock.unlock();
        }
    }

    /** Notes that this member may take part from now on. Durable on return. */
    void markStarted() {
        lock.lock();
        try {
            if (!marker.started()) {
                marker = marker.asStarted();
                marker.write(directory);
            }
        } finally {
            lock.unlock();
        }
    }

    String incarnation() {
        lock.lock();
        try {
            return marker.incarnation();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes that another member was heard. Durable on return.
     *
     * @return false if a member of that name was heard before whose directory was not this one
     */
    boolean welcome(String member, String incarnation) {
        lock.lock();
        try {
            String before = marker.seen().get(member);
            if (before == null) {
                marker = marker.having(member, incarnation);
                marker.write(directory);
            }
            return before == null || before.equals(incarnation);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Checks that the log continues where the state ends. Without this check Ratis would wait without end for entries that
     * exist nowhere, and count in every majority meanwhile.
     */
    void requireLogReaches(LogPosition durable) {
        long next = durable.equals(LogPosition.START) ? 0 : durable.index() + 1;
        try (Stream<Path> files = Files.list(group.resolve("current"))) {
            long first = files.map(file -> SEGMENT.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .mapToLong(MemberDirectory::firstIndex)
                    .min()
                    .orElse(next);
            if (first > next) {
                throw new StorageException("The state ends before the log begins: what is between them is lost here. "
                        + REJOIN + ": directory=" + group + " durable=" + durable + " logBegins=" + first);
            }
        } catch (IOException e) {
            throw new StorageException("The log directory cannot be read: directory=" + group, e);
        }
    }

    private static long firstIndex(Matcher segment) {
        return Long.parseLong(segment.group(1) != null ? segment.group(1) : segment.group(2));
    }

    /**
     * Returns the last index of the newest closed log file that may be dropped, so that at least {@code keptBytes} of log
     * remain; -1 if there is none.
     *
     * @param through entries beyond this index are needed
     */
    long purgeableThrough(long through, long keptBytes) {
        TreeMap<Long, Long> sizesByLastIndex = new TreeMap<>();
        try (Stream<Path> files = Files.list(group.resolve("current"))) {
            for (Path file : files.toList()) {
                Matcher segment = SEGMENT.matcher(file.getFileName().toString());
                if (segment.matches() && segment.group(3) != null) {
                    sizesByLastIndex.put(Long.valueOf(segment.group(3)), Files.size(file));
                }
            }
        } catch (NoSuchFileException e) {
            // A file was renamed or dropped meanwhile; the next time will do.
            return -1;
        } catch (IOException e) {
            throw new StorageException("The log directory cannot be read: directory=" + group, e);
        }
        long kept = 0;
        for (Map.Entry<Long, Long> segment : sizesByLastIndex.descendingMap().entrySet()) {
            if (kept >= keptBytes && segment.getKey() <= through) {
                return segment.getKey();
            }
            kept += segment.getValue();
        }
        return -1;
    }
}
