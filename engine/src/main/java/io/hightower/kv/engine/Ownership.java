package io.hightower.kv.engine;

import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.storage.file.CompleteFile;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
     * Claims the directory for the mode, durably.
     *
     * @throws FormatException if it belongs to the other mode, or to another member
     */
    static void claim(Disk disk, Optional<ClusterOptions> cluster) {
        if (cluster.isEmpty()) {
            refuseClusterDirectory(disk);
            return;
        }
        String owner = "cluster " + cluster.get().clusterName() + " member "
                + cluster.get().memberId() + "\n";
        if (disk.exists(CLUSTER_FILE)) {
            requireOwner(disk, owner);
            return;
        }
        if (disk.list().stream().anyMatch(name -> name.startsWith("log-") || name.startsWith("snapshot-"))) {
            throw new FormatException(
                    disk.description(), "the directory of a store without a cluster", "the directory of a member");
        }
        CompleteFile.create(disk, CLUSTER_FILE, ByteBuffer.wrap(owner.getBytes(StandardCharsets.UTF_8)));
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
