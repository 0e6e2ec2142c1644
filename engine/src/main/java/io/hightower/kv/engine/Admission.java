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

    /** Throws what {@code command} has to be refused with, if so. Deleting takes space at first, so it is refused, too. */
    void require(Command command) {
        if (freeDiskBytes < freeDiskBytesMin) {
            throw new NotReplicatedException(Reason.DISK_FULL, diskProblem());
        }
    }

    /** Returns why writes are refused for want of disk space, if they are. */
    Optional<String> problem() {
        return freeDiskBytes < freeDiskBytesMin ? Optional.of(diskProblem()) : Optional.empty();
    }

    private String diskProblem() {
        return "The disk is nearly full, writes are refused until there is room: directory=" + disk.description()
                + " freeBytes=" + freeDiskBytes + " freeDiskBytesMin=" + freeDiskBytesMin;
    }
}
