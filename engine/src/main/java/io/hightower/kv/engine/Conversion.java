package io.hightower.kv.engine;

import io.hightower.kv.replication.ratis.OfflineMember;
import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.FileDisk;
import io.hightower.kv.storage.file.StoreIdentity;
import io.hightower.kv.storage.lsm.LogStructuredStore;
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
     * @param memberId the member's id, in a new cluster
     */
    public record Outcome(AppliedState state, long entriesApplied, Optional<MemberId> memberId) {}

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
        boolean member = disk.exists(Ownership.CLUSTER_FILE);
        if (!member) {
            // Left by a conversion that had nothing else to do.
            deleteSetAside();
        }
        if (options.cluster().isPresent()) {
            ClusterOptions cluster = options.cluster().get();
            return found(disk, member ? ofMember(disk) : ofStoreAlone(disk), cluster, unixSeconds);
        }
        if (!member) {
            throw new StorageException(
                    "The directory belongs to a store without a cluster already: directory=" + disk.description());
        }
        Outcome outcome = ofMember(disk);
        disk.delete(Ownership.CLUSTER_FILE);
        disk.syncDirectory();
        deleteSetAside();
        return outcome;
    }

    private Outcome found(Disk disk, Outcome state, ClusterOptions cluster, long unixSeconds) {
        MemberId id = OfflineMember.found(new Assembly(options).memberOptions(cluster, false), unixSeconds);
        deleteSetAside();
        // From here on the directory is a member's; before, a store's that is alone, or one that is to be converted
        // again.
        Ownership.replace(disk, cluster);
        disk.list().stream().filter(name -> name.startsWith("log-")).forEach(disk::delete);
        disk.syncDirectory();
        return new Outcome(state.state(), state.entriesApplied(), Optional.of(id));
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
            return new Outcome(store.applied(), replayed, Optional.empty());
        }
    }

    private static Bytes noNewId() {
        throw new StorageException("The store's identity is gone");
    }

    private Outcome ofMember(Disk disk) {
        setLogAside();
        try (Opened opened = new Opened()) {
            Bytes storeId =
                    StoreIdentity.openOrCreate(disk, Conversion::noNewId).id();
            LogStructuredStore store = opened.add(new Assembly(options, opened).openStore(disk, storeId));
            KvState state = new KvState(store);
            long applied = OfflineMember.finishLog(setAside, state);
            OfflineMember.leaveCluster(state);
            return new Outcome(store.applied(), applied, Optional.empty());
        }
    }

    /** From here on nobody can start the member in its old cluster: what is applied next may be its own alone. */
    private void setLogAside() {
        boolean there = Files.exists(raft);
        if (!there && !Files.exists(setAside)) {
            throw new StorageException(
                    "The log of the member is gone, and with it what the state may lack: directory=" + raft);
        }
        if (there) {
            // A new log is begun only when the state has everything that the old one had.
            deleteSetAside();
            try {
                Files.move(raft, setAside, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new StorageException("The log of the member cannot be set aside: directory=" + raft, e);
            }
        }
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
