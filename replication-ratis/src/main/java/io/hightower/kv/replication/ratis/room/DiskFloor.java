package io.hightower.kv.replication.ratis.room;

import io.hightower.kv.statemachine.Command;

/**
 * What the owner of a member makes of free disk space: it looks at the disk of this member, hears of the others', and refuses
 * what they have no room for. Called by several threads; cheap and without waiting.
 */
public interface DiskFloor {
    /**
     * Lets a command pass that another member has forwarded.
     *
     * @throws io.hightower.kv.statemachine.NotReplicatedException if this member must not log it at the moment
     */
    void require(Command command);

    /** Returns how much room the disk of this member has. */
    DiskRoom room();

    /**
     * Hears, once a second while this member leads, how much room a majority of the voters have, at best. Heard once more,
     * with {@link DiskRoom#ENOUGH}, when it leads no longer.
     *
     * @param members which voters have little room, for messages
     */
    void majorityHas(DiskRoom room, String members);

    /** Returns one that always finds room. */
    static DiskFloor none() {
        return new DiskFloor() {
            @Override
            public void require(Command command) {
                // There is room.
            }

            @Override
            public DiskRoom room() {
                return DiskRoom.ENOUGH;
            }

            @Override
            public void majorityHas(DiskRoom room, String members) {
                // Nothing is refused here.
            }
        };
    }
}
