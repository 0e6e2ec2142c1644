package io.hightower.kv.engine;

import io.hightower.kv.replication.ratis.OfflineMember;
import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.FileDisk;
import io.hightower.kv.storage.file.StoreIdentity;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.manifest.StoreManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Turns the directory of a store that is alone into that of the only member of a new cluster, and the directory of a member
 * into that of a store that is alone, or of the only member of a new cluster. Nobody has the directory open.
 *
 * <pre>
 * alone     log replayed ──► state durable ──┬─► identity of a member, CLUSTER ──► log-* deleted
 * member    raft set aside ──► log applied to its end, members forgotten, state durable ──┬─► identity of a member, CLUSTER
 *                                                                                        └─► CLUSTER deleted
 * </pre>
 *
 * <p><b>Durability.</b> Data is never given up before it is durable elsewhere. A conversion that was broken off leaves a
 * directory that is refused until the same conversion is run again, or one that is as it was before.
 *
 * <p>A member's log may end in entries that its cluster never confirmed to anybody. They are kept: to drop one could undo
 * what was acknowledged. The other members of the old cluster must not go on with it, or there are two histories.
 */
public final class Conversion {
    private static final System.Logger LOGGER = System.getLogger(Conversion.class.getName());

    /** Where a member's log lies while it is converted. */
    private static final String SET_ASIDE = Assembly.CLUSTER_LOG_DIRECTORY + ".converting";

    private final Options options;
    private final Path raft;
    private final Path setAside;

    /**
     * What became of a directory.
     *
     * @param state the state's position, revision and hash, durable now
     * @param entriesApplied entries of the log that the state had not contained
     * @param logEnded the last entry that the member had in its old cluster, if it was in one: see {@link Sight}
     * @param memberId the member's id, in a new cluster
     */
    public record Outcome(
            AppliedState state, long entriesApplied, Optional<LogPosition> logEnded, Optional<MemberId> memberId) {}

    /**
     * What a directory has, before it is converted.
     *
     * @param state the state in the files of the store, which lacks what only the log has
     * @param logEnded the last entry of a member's log. Of several survivors of a cluster, the one whose log ended in the
     *     highest term has everything that was acknowledged, as far as any of them has, and of those in one term the one with the
     *     highest index. A state's revision does not tell that: a member may have logged entries that were never confirmed
     */
    public record Sight(AppliedState state, Optional<LogPosition> logEnded) {}

    private Conversion(Options options) {
        // Nothing is dropped here, whatever the next engine keeps.
        this.options = options.withHistory(HistoryRetention.forever());
        this.raft = options.directory().resolve(Assembly.CLUSTER_LOG_DIRECTORY);
        this.setAside = options.directory().resolve(SET_ASIDE);
    }

    /**
     * Makes the directory what the options say: of the only member of a new cluster if they have one, else of a store that is
     * alone. Durable on return.
     *
     * @param options of the engine that is to be opened next; its cluster is this one member
     * @param unixSeconds the present time of day; tells the new cluster from earlier ones at the same address
     * @throws io.hightower.kv.statemachine.DirectoryInUseException if somebody has the directory open
     * @throws StorageException if there is no store, or it is what it is to become already, or its log is incomplete
     * @throws io.hightower.kv.statemachine.CorruptionException if a file is damaged
     * @throws IllegalArgumentException if the new cluster has other members
     */
    public static Outcome run(Options options, long unixSeconds) {
        options.cluster().ifPresent(Conversion::requireOnlyMember);
        FileDisk disk = FileDisk.open(options.directory());
        requireStore(disk);
        try (Disk.DirectoryLock held = disk.lock()) {
            LOGGER.log(System.Logger.Level.DEBUG, "Converting: directory={0} lock={1}", disk.description(), held);
            return new Conversion(options).convert(disk, unixSeconds);
        }
    }

    /**
     * Looks at what {@link #run} would convert. Changes nothing but the file {@code LOCK}.
     *
     * @throws RuntimeException as {@link #run}, as far as that can be told without applying the log
     */
    public static Sight look(Options options) {
        options.cluster().ifPresent(Conversion::requireOnlyMember);
        FileDisk disk = FileDisk.open(options.directory());
        requireStore(disk);
        try (Disk.DirectoryLock held = disk.lock()) {
            LOGGER.log(System.Logger.Level.DEBUG, "Looking: directory={0} lock={1}", disk.description(), held);
            return new Conversion(options).look(disk);
        }
    }

    private Sight look(Disk disk) {
        boolean member = Ownership.isMembers(disk, raft);
        requireOther(disk, member);
        Bytes storeId = StoreIdentity.openOrCreate(disk, Conversion::noNewId).id();
        AppliedState state =
                ManifestFile.read(disk, storeId).map(StoreManifest::applied).orElse(AppliedState.EMPTY);
        if (!member) {
            return new Sight(state, Optional.empty());
        }
        boolean there = Files.exists(raft);
        requireLog(there);
        return new Sight(state, Optional.of(logEnd(there ? raft : setAside, !there, state.position())));
    }

    private static void requireOnlyMember(ClusterOptions cluster) {
        if (cluster.initialCluster().size() != 1) {
            throw new IllegalArgumentException(
                    "A directory becomes the only member of a new cluster; add the others when"
                            + " it runs: initialCluster=" + cluster.initialCluster());
        }
    }

    private static void requireStore(Disk disk) {
        if (!disk.exists(StoreIdentity.FILE)) {
            throw new StorageException("There is no store in the directory: directory=" + disk.description());
        }
    }

    private Outcome convert(Disk disk, long unixSeconds) {
        Ownership.complete(disk, raft);
        boolean member = disk.exists(Ownership.CLUSTER_FILE);
        if (!member) {
            // Left by a conversion that had nothing else to do.
            deleteSetAside();
        }
        if (options.cluster().isPresent()) {
            ClusterOptions cluster = options.cluster().get();
            return found(disk, member ? ofMember(disk) : ofStoreAlone(disk), cluster, unixSeconds);
        }
        requireOther(disk, member);
        Outcome outcome = ofMember(disk);
        disk.delete(Ownership.CLUSTER_FILE);
        disk.syncDirectory();
        deleteSetAside();
        return outcome;
    }

    private void requireOther(Disk disk, boolean member) {
        if (!member && options.cluster().isEmpty()) {
            throw new StorageException(
                    "The directory belongs to a store without a cluster already: directory=" + disk.description());
        }
    }

    private Outcome found(Disk disk, Outcome state, ClusterOptions cluster, long unixSeconds) {
        MemberId id = OfflineMember.found(new Assembly(options).memberOptions(cluster, false), unixSeconds);
        deleteSetAside();
        // From here on the directory is a member's; before, a store's that is alone, or one that is to be converted
        // again.
        Ownership.replace(disk, cluster);
        disk.list().stream().filter(name -> name.startsWith("log-")).forEach(disk::delete);
        disk.syncDirectory();
        return new Outcome(state.state(), state.entriesApplied(), state.logEnded(), Optional.of(id));
    }

    private Outcome ofStoreAlone(Disk disk) {
        Options alone = options.withoutCluster();
        try (Opened opened = new Opened()) {
            Bytes storeId =
                    StoreIdentity.openOrCreate(disk, Conversion::noNewId).id();
            Assembly assembly = new Assembly(alone, opened);
            LogStructuredStore store = opened.add(assembly.openStore(disk, storeId));
            long before = store.durable().index();
            KvState state = new KvState(store);
            ReplicationHandle replication = opened.add(assembly.alone(disk, state, storeId));
            replication.checkpoint();
            long replayed = store.applied().position().index() - before;
            replication.close();
            OfflineMember.leaveCluster(state);
            return new Outcome(store.applied(), replayed, Optional.empty(), Optional.empty());
        }
    }

    private static Bytes noNewId() {
        throw new StorageException("The store's identity is gone");
    }

    private Outcome ofMember(Disk disk) {
        boolean brokenOff = !setLogAside();
        try (Opened opened = new Opened()) {
            Bytes storeId =
                    StoreIdentity.openOrCreate(disk, Conversion::noNewId).id();
            LogStructuredStore store = opened.add(new Assembly(options, opened).openStore(disk, storeId));
            KvState state = new KvState(store);
            LogPosition ended = logEnd(setAside, brokenOff, store.applied().position());
            long applied = OfflineMember.finishLog(setAside, state);
            OfflineMember.leaveCluster(state);
            return new Outcome(store.applied(), applied, Optional.of(ended), Optional.empty());
        }
    }

    private static LogPosition logEnd(Path log, boolean brokenOff, LogPosition applied) {
        // A conversion that was broken off may have given the state a position that is none of the old cluster's.
        LogPosition end = OfflineMember.logEnd(log, brokenOff ? LogPosition.START : applied);
        return end.equals(LogPosition.START) ? applied : end;
    }

    private void requireLog(boolean there) {
        if (!there && !Files.exists(setAside)) {
            throw new StorageException(
                    "The log of the member is gone, and with it what the state may lack: directory=" + raft);
        }
    }

    /**
     * From here on nobody can start the member in its old cluster: what is applied next may be its own alone.
     *
     * @return false if an earlier conversion has done that
     */
    private boolean setLogAside() {
        boolean there = Files.exists(raft);
        requireLog(there);
        if (there) {
            // A new log is begun only when the state has everything that the old one had.
            deleteSetAside();
            try {
                Files.move(raft, setAside, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new StorageException("The log of the member cannot be set aside: directory=" + raft, e);
            }
        }
        return there;
    }

    private void deleteSetAside() {
        if (!Files.exists(setAside)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(setAside)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new StorageException(
                    "The directory is converted, but its old log cannot be deleted; delete it: directory=" + setAside,
                    e);
        }
    }
}
