package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.storage.file.Disk;
import java.util.Optional;

/**
 * Refuses commands that disk or memory have no room for, before they are proposed: once a command is logged, applying it may
 * not be refused.
 *
 * <p>Free disk space is looked up by {@link #refresh} only, because asking the operating system for every command would cost
 * more than the command. Thread-safe.
 */
final class Admission {
    private final Disk disk;
    private final StateStore store;
    private final long freeDiskBytesMin;
    private final long memoryBytesMax;

    private volatile long freeDiskBytes;

    Admission(Disk disk, StateStore store, Options options) {
        this.disk = disk;
        this.store = store;
        this.freeDiskBytesMin = options.freeDiskBytesMin();
        this.memoryBytesMax = options.memoryBytesMax();
        refresh();
    }

    /** Looks at the disk again. */
    void refresh() {
        freeDiskBytes = disk.freeBytes();
    }

    /** Throws what {@code command} has to be refused with, if so. */
    void require(Command command) {
        if (freeDiskBytes < freeDiskBytesMin) {
            throw new NotReplicatedException(Reason.DISK_FULL, diskProblem());
        }
        if (adds(command) && isMemoryFull()) {
            throw new NotReplicatedException(Reason.MEMORY_FULL, memoryProblem());
        }
    }

    /** Returns why writes are refused for want of disk space or memory, if they are. */
    Optional<String> problem() {
        if (freeDiskBytes < freeDiskBytesMin) {
            return Optional.of(diskProblem());
        }
        return isMemoryFull() ? Optional.of(memoryProblem()) : Optional.empty();
    }

    private boolean isMemoryFull() {
        return store.memoryBytes() > memoryBytesMax;
    }

    private String memoryProblem() {
        return "The records take as much memory as is configured, puts are refused; raise memoryBytesMax, or delete keys,"
                + " whose tombstones go once their grace has passed: memoryBytes=" + store.memoryBytes()
                + " memoryBytesMax=" + memoryBytesMax;
    }

    private String diskProblem() {
        return "The disk is nearly full, writes are refused until there is room: directory=" + disk.description()
                + " freeBytes=" + freeDiskBytes + " freeDiskBytesMin=" + freeDiskBytesMin;
    }

    private static boolean adds(Command command) {
        if (command instanceof Command.Batch batch) {
            return batch.commands().stream().anyMatch(Admission::adds);
        }
        // A delete with a version leaves a tombstone also where there was no key.
        return command instanceof Command.Put
                || (command instanceof Command.Delete delete && delete.version() != Command.NO_VERSION);
    }
}
