package io.hightower.kv.engine;

import io.hightower.kv.replication.ratis.OfflineMember;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.storage.file.CompleteFile;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Keeps the two modes apart: a directory with a commit log of its own belongs to a store that is alone, one with the file
 * {@value #CLUSTER_FILE} to a member of a cluster. Opened in the other mode, the log that holds the newest writes would be
 * passed over.
 */
final class Ownership {
    /** Names the member in plain text; its presence is what counts. */
    static final String CLUSTER_FILE = "CLUSTER";

    private Ownership() {}

    /**
     * Refuses a directory of the other mode, or of another member.
     *
     * @return whether the directory was a member's before: then the log of the cluster must be there, too
     * @throws FormatException if it belongs to somebody else
     */
    static boolean require(Disk disk, Optional<ClusterOptions> cluster) {
        if (cluster.isEmpty()) {
            refuseClusterDirectory(disk);
            return false;
        }
        if (disk.exists(CLUSTER_FILE)) {
            requireOwner(disk, owner(cluster.get()));
            return true;
        }
        if (hasLogAlone(disk)) {
            throw new FormatException(
                    disk.description(), "the directory of a store without a cluster", "the directory of a member");
        }
        return false;
    }

    /**
     * Makes up for what {@link #record} had no time for: a member that was killed in its first moments may have confirmed
     * writes, which are in its log alone.
     *
     * @param raft where the log of the cluster is
     */
    static void complete(Disk disk, Path raft) {
        if (!disk.exists(CLUSTER_FILE) && !hasLogAlone(disk)) {
            OfflineMember.ownerOf(raft).ifPresent(owner -> write(disk, owner(owner.token(), owner.name())));
        }
    }

    /**
     * Tells whether the directory is a member's, whether or not {@link #complete} has made up for what is missing.
     *
     * @param raft where the log of the cluster is
     */
    static boolean isMembers(Disk disk, Path raft) {
        return disk.exists(CLUSTER_FILE)
                || (!hasLogAlone(disk) && OfflineMember.ownerOf(raft).isPresent());
    }

    private static boolean hasLogAlone(Disk disk) {
        return disk.list().stream().anyMatch(name -> name.startsWith("log-") || name.startsWith("snapshot-"));
    }

    /** Writes down, durably, that the directory is a member's. Called once the log of the cluster is durable. */
    static void record(Disk disk, ClusterOptions cluster) {
        if (!disk.exists(CLUSTER_FILE)) {
            replace(disk, cluster);
        }
    }

    /** Writes down, durably, whose the directory is now, whosever it was. */
    static void replace(Disk disk, ClusterOptions cluster) {
        write(disk, owner(cluster));
    }

    private static void write(Disk disk, String owner) {
        CompleteFile.create(disk, CLUSTER_FILE, ByteBuffer.wrap(owner.getBytes(StandardCharsets.UTF_8)));
    }

    private static String owner(ClusterOptions cluster) {
        return owner(cluster.initialClusterToken(), cluster.name());
    }

    private static String owner(String token, String name) {
        return "cluster " + token + " member " + name + "\n";
    }

    private static void refuseClusterDirectory(Disk disk) {
        if (disk.exists(CLUSTER_FILE)) {
            throw new FormatException(
                    disk.description(),
                    "the directory of " + read(disk).strip(),
                    "the directory of a store without a cluster");
        }
    }

    private static void requireOwner(Disk disk, String owner) {
        String found = read(disk);
        if (!found.equals(owner)) {
            throw new FormatException(
                    disk.description(), "the directory of " + found.strip(), "the directory of " + owner.strip());
        }
    }

    private static String read(Disk disk) {
        try (DiskFile file = disk.open(CLUSTER_FILE)) {
            ByteBuffer content = ByteBuffer.allocate((int) Math.min(file.length(), 1024));
            file.read(0, content);
            return new String(content.array(), 0, content.position(), StandardCharsets.UTF_8);
        }
    }
}
