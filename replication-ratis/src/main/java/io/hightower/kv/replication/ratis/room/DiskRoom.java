package io.hightower.kv.replication.ratis.room;

import java.util.Optional;

/** How much room the disk of a member has, from much to little. */
public enum DiskRoom {
    /** For everything. */
    ENOUGH(1),
    /** Less than its owner wants to keep free: for what adds no data. */
    LITTLE(2),
    /** For nothing, but to close in order. */
    NONE(3);

    private final byte code;

    DiskRoom(int code) {
        this.code = (byte) code;
    }

    /** Returns how members say it to each other: 1, 2 or 3. */
    public byte code() {
        return code;
    }

    /** Returns what another member said; nothing if that is no answer. */
    public static Optional<DiskRoom> read(byte[] answer) {
        for (DiskRoom room : values()) {
            if (answer.length == 1 && answer[0] == room.code) {
                return Optional.of(room);
            }
        }
        return Optional.empty();
    }

    /** Tells whether there is less room than {@code other} says. */
    public boolean isLessThan(DiskRoom other) {
        return compareTo(other) > 0;
    }
}
