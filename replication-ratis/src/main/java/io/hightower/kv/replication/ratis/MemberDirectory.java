package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.RatisOptions.Identity;
import io.hightower.kv.replication.ratis.RatisOptions.InitialState;
import io.hightower.kv.replication.ratis.log.LogDamage;
import io.hightower.kv.replication.ratis.log.TornTail;
import io.hightower.kv.replication.ratis.membership.Identities;
import io.hightower.kv.replication.ratis.membership.JoinExchange.Admission;
import io.hightower.kv.replication.ratis.membership.MemberRecord;
import io.hightower.kv.replication.ratis.membership.MemberSelf;
import io.hightower.kv.replication.ratis.membership.MemberSelf.Origin;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.MemberRefusedException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.ClusterId;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
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
    private static final System.Logger LOGGER = System.getLogger(MemberDirectory.class.getName());

    /** The names that Ratis gives to the files of its log: {@code log_FIRST-LAST}, or {@code log_inprogress_FIRST}. */
    private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_(\\d+)|(\\d+)-(\\d+))");

    private static final String REJOIN = "Have this member removed from the cluster and add it again, with empty"
            + " directories; it will get another id";

    private final Path directory;
    private final Path group;

    /** Guards the marker. */
    private final ReentrantLock lock = new ReentrantLock();

    private MemberMarker marker;

    private MemberDirectory(Path directory, MemberMarker marker) {
        this.directory = directory;
        this.group = directory.resolve(marker.self().groupId().toString());
        this.marker = marker;
    }

    /**
     * Looks at the directory, finds out who this member is, and marks the directory as its own.
     *
     * @param applied where the member's state stands, which must fit
     * @param join asks the cluster who a member is that was added; throws if it was not
     * @throws StorageException if the directory belongs to somebody else, was emptied, or may not be used for the first time
     * @throws IllegalArgumentException if a new member is not among the founders with its address
     */
    static MemberDirectory open(RatisOptions options, LogPosition applied, Supplier<Admission> join) {
        Path directory = options.directory();
        Optional<MemberMarker> found = MemberMarker.read(directory);
        if (found.isEmpty()) {
            requireFirstUse(options, applied);
            MemberSelf self =
                    options.identity().initialState() == InitialState.NEW ? newFounder(options) : joiner(options, join);
            createDirectory(directory);
            MemberMarker fresh = new MemberMarker(self, UUID.randomUUID().toString(), false, new TreeMap<>());
            fresh.write(directory);
            return new MemberDirectory(directory, fresh);
        }
        MemberDirectory opened = new MemberDirectory(directory, found.get());
        opened.requireOwner(options.identity());
        opened.logIgnoredFlags(options);
        if (found.get().started() && !opened.isFormatted()) {
            throw new MemberRefusedException(
                    "The log of this member is gone, and with it the votes that it gave. " + REJOIN
                            + ": directory=" + opened.group + " name="
                            + options.identity().name() + " memberId="
                            + found.get().self().id());
        }
        return opened;
    }

    private static MemberSelf newFounder(RatisOptions options) {
        Identity identity = options.identity();
        if (!identity.address().equals(identity.initialCluster().get(identity.name()))) {
            throw new IllegalArgumentException("The member is not in initialCluster with its address: name="
                    + identity.name() + " address=" + identity.address() + " initialCluster="
                    + identity.initialCluster());
        }
        return founder(options);
    }

    private static MemberSelf founder(RatisOptions options) {
        Identity identity = options.identity();
        List<MemberRecord> founders = identity.initialCluster().entrySet().stream()
                .map(member -> MemberRecord.of(
                        Identities.founding(options.peerUrl(member.getValue()), identity.token()),
                        member.getKey(),
                        member.getValue(),
                        Kind.VOTER))
                .toList();
        MemberId id = Identities.founding(options.peerUrl(identity.address()), identity.token());
        ClusterId cluster =
                Identities.cluster(founders.stream().map(MemberRecord::id).toList());
        return new MemberSelf(id, identity.name(), cluster, identity.token(), Origin.FOUNDED, founders);
    }

    /** Marks a directory as that of the only member of a new cluster; see {@link OfflineMember#found}. */
    static MemberId found(RatisOptions options, long unixSeconds) {
        Identity identity = options.identity();
        MemberId id = Identities.added(options.peerUrl(identity.address()), identity.token(), unixSeconds);
        MemberRecord founder = MemberRecord.of(id, identity.name(), identity.address(), Kind.VOTER);
        MemberSelf self = new MemberSelf(
                id,
                identity.name(),
                Identities.cluster(List.of(id)),
                identity.token(),
                Origin.FOUNDED,
                List.of(founder));
        createDirectory(options.directory());
        new MemberMarker(self, UUID.randomUUID().toString(), false, new TreeMap<>()).write(options.directory());
        return id;
    }

    private static MemberSelf joiner(RatisOptions options, Supplier<Admission> join) {
        Admission admission = join.get();
        return new MemberSelf(
                admission.member(),
                options.identity().name(),
                admission.cluster(),
                options.identity().token(),
                Origin.JOINED,
                admission.members());
    }

    private static void requireFirstUse(RatisOptions options, LogPosition applied) {
        if (!applied.equals(LogPosition.START)) {
            throw new MemberRefusedException("The state has a history, but the log that it came from is gone. " + REJOIN
                    + ": directory=" + options.directory() + " name="
                    + options.identity().name() + " applied=" + applied);
        }
        if (options.identity().initialState() == InitialState.USED) {
            throw new MemberRefusedException(
                    "The log of this member is gone: its directory was never used. Check the path, or"
                            + " restore what was there. Otherwise: " + REJOIN + ": directory=" + options.directory()
                            + " name="
                            + options.identity().name());
        }
    }

    private static void createDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StorageException("The directory cannot be created: directory=" + directory, e);
        }
    }

    private void requireOwner(Identity identity) {
        MemberSelf self = marker.self();
        if (!self.token().equals(identity.token()) || !self.name().equals(identity.name())) {
            throw new StorageException(
                    "The directory belongs to another member. Check the name, the cluster token and the"
                            + " path: directory=" + directory + " token=" + identity.token() + " found=" + self.token()
                            + " name="
                            + identity.name() + " found=" + self.name());
        }
    }

    private void logIgnoredFlags(RatisOptions options) {
        MemberSelf self = marker.self();
        if (options.identity().initialState() == InitialState.NEW
                && !(self.origin() == Origin.FOUNDED
                        && founder(options).cluster().equals(self.cluster()))) {
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "The directory was used before: its own record of the cluster counts, not the initial cluster given:"
                            + " memberId={0} clusterId={1}",
                    self.id(),
                    self.cluster());
        }
    }

    /** Returns who this member is. */
    MemberSelf self() {
        lock.lock();
        try {
            return marker.self();
        } finally {
            lock.unlock();
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

    /**
     * Tells whether this member must not vote before a majority of the founders has welcomed it: if it founds a cluster with
     * others, it may as well be one that lost its directory, and the others are the ones who know.
     */
    boolean needsWelcome() {
        lock.lock();
        try {
            return !marker.started() && marker.self().founders().size() > 1;
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
     * @return false if a member of that id was heard before whose directory was not this one
     */
    boolean welcome(MemberId member, String incarnation) {
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

    /** Tells whether a member of that id was ever heard. */
    boolean hasSeen(MemberId member) {
        lock.lock();
        try {
            return marker.seen().containsKey(member);
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
                throw new MemberRefusedException(
                        "The state ends before the log begins: what is between them is lost here. " + REJOIN
                                + ": directory=" + group + " durable=" + durable + " logBegins=" + first);
            }
        } catch (IOException e) {
            throw new StorageException("The log directory cannot be read: directory=" + group, e);
        }
    }

    /**
     * Cuts off what a loss of power left of entries that were not synced, and drops a log that an installed state has left
     * behind: the member ended before Ratis had done so.
     *
     * @param durable where the durable state stands
     */
    void repairLog(LogPosition durable) {
        TornTail.cut(group.resolve("current"), TornTail.provenBy(durable));
        if (Files.isDirectory(group)) {
            OfflineLog.in(group).dropIfLeftBehind(durable);
        }
    }

    /** Returns which damage of the log kept Ratis from starting; nothing if it was something else. */
    Optional<CorruptionException> findDamage() {
        Path files = group.resolve("current");
        return Files.isDirectory(files) ? LogDamage.find(files) : Optional.empty();
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
    long trimmableThrough(long through, long keptBytes) {
        long kept = 0;
        for (Map.Entry<Long, Long> segment : closedSegments().descendingMap().entrySet()) {
            if (kept >= keptBytes && segment.getKey() <= through) {
                return segment.getKey();
            }
            kept += segment.getValue();
        }
        return -1;
    }

    /** Returns how many bytes the closed log files have that hold entries after {@code index}. */
    long logBytesAfter(long index) {
        return closedSegments().tailMap(index, false).values().stream()
                .mapToLong(bytes -> bytes)
                .sum();
    }

    /** Returns the sizes of the closed log files by their last index; nothing if they are changing at the moment. */
    private NavigableMap<Long, Long> closedSegments() {
        NavigableMap<Long, Long> sizesByLastIndex = new TreeMap<>();
        try (Stream<Path> files = Files.list(group.resolve("current"))) {
            for (Path file : files.toList()) {
                Matcher segment = SEGMENT.matcher(file.getFileName().toString());
                if (segment.matches() && segment.group(3) != null) {
                    sizesByLastIndex.put(Long.valueOf(segment.group(3)), Files.size(file));
                }
            }
        } catch (NoSuchFileException e) {
            // A file was renamed or dropped meanwhile; the next time will do.
            return new TreeMap<>();
        } catch (IOException e) {
            throw new StorageException("The log directory cannot be read: directory=" + group, e);
        }
        return sizesByLastIndex;
    }
}
