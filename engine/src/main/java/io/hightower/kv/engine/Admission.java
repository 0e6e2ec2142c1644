package io.hightower.kv.engine;

import io.hightower.kv.replication.ratis.room.DiskFloor;
import io.hightower.kv.replication.ratis.room.DiskRoom;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.storage.file.Disk;
import java.util.Optional;

/**
 * Refuses commands that the disk has no room for, before they are proposed: once a command is logged, applying it may not be
 * refused. Writes go on by themselves when there is room again. A member that leads refuses what its own disk has no room for, and
 * what no majority has room for: it would fill the disks of the others.
 *
 * <p>Free disk space is looked up by {@link #refresh} only, because asking the operating system for every command would cost
 * more than the command. Thread-safe.
 */
final class Admission implements DiskFloor {
    /** Below one part in so many of the floor everything is refused: the rest is for flushes, and for closing. */
    private static final int LAST_PART = 4;

    private final Disk disk;
    private final long freeDiskBytesMin;

    private volatile long freeDiskBytes;
    private volatile Majority majority = new Majority(DiskRoom.ENOUGH, "");

    /** What this member knows of the others' disks while it leads. */
    private record Majority(DiskRoom room, String members) {}

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
    @Override
    public void require(Command command) {
        if (isRefused(command, room())) {
            throw new NotReplicatedException(Reason.DISK_FULL, diskProblem());
        }
        Majority others = majority;
        if (isRefused(command, others.room())) {
            throw new NotReplicatedException(Reason.DISK_FULL, majorityProblem(others));
        }
    }

    private static boolean isRefused(Command command, DiskRoom room) {
        return switch (room) {
            case ENOUGH -> false;
            case LITTLE -> AddedData.isAddedBy(command);
            case NONE -> true;
        };
    }

    @Override
    public DiskRoom room() {
        long free = freeDiskBytes;
        if (free >= freeDiskBytesMin) {
            return DiskRoom.ENOUGH;
        }
        return free < freeDiskBytesMin / LAST_PART ? DiskRoom.NONE : DiskRoom.LITTLE;
    }

    @Override
    public void majorityHas(DiskRoom room, String members) {
        majority = new Majority(room, members);
    }

    /** Returns why writes are refused for want of disk space, if they are. */
    Optional<String> problem() {
        if (room() != DiskRoom.ENOUGH) {
            return Optional.of(diskProblem());
        }
        Majority others = majority;
        return others.room() == DiskRoom.ENOUGH ? Optional.empty() : Optional.of(majorityProblem(others));
    }

    private String diskProblem() {
        return "The disk is nearly full, what adds data is refused until there is room: directory=" + disk.description()
                + " freeBytes=" + freeDiskBytes + " freeDiskBytesMin=" + freeDiskBytesMin;
    }

    private static String majorityProblem(Majority others) {
        return "The disks of too many members are nearly full, what adds data is refused until a majority has room: "
                + others.members();
    }
}
