package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.storage.file.Disk;
import java.util.Optional;

/**
 * Refuses commands that the disk has no room for, before they are proposed: once a command is logged, applying it may not be
 * refused. Writes go on by themselves when there is room again.
 *
 * <p>Free disk space is looked up by {@link #refresh} only, because asking the operating system for every command would cost
 * more than the command. Thread-safe.
 */
final class Admission {
    /** Below one part in so many of the floor everything is refused: the rest is for flushes, and for closing. */
    private static final int LAST_PART = 4;

    private final Disk disk;
    private final long freeDiskBytesMin;

    private volatile long freeDiskBytes;

    Admission(Disk disk, Options options) {
        this.disk = disk;
        this.freeDiskBytesMin = options.freeDiskBytesMin();
        refresh();
    }

    /** Looks at the disk again. */
    void refresh() {
        freeDiskBytes = disk.freeBytes();
    }

    /**
     * Throws what {@code command} has to be refused with, if so. What adds no data goes on below the floor, as in etcd: it
     * takes space in the log at first, but deletes and compactions give some back, and a lease whose renewal was refused would
     * end. Only when little of the floor itself is left is everything refused.
     */
    void require(Command command) {
        long free = freeDiskBytes;
        boolean isRefused =
                free < freeDiskBytesMin && (free < freeDiskBytesMin / LAST_PART || AddedData.isAddedBy(command));
        if (isRefused) {
            throw new NotReplicatedException(Reason.DISK_FULL, diskProblem());
        }
    }

    /** Returns why writes are refused for want of disk space, if they are. */
    Optional<String> problem() {
        return freeDiskBytes < freeDiskBytesMin ? Optional.of(diskProblem()) : Optional.empty();
    }

    private String diskProblem() {
        return "The disk is nearly full, what adds data is refused until there is room: directory=" + disk.description()
                + " freeBytes=" + freeDiskBytes + " freeDiskBytesMin=" + freeDiskBytesMin;
    }
}
