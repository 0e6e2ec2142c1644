package io.hightower.kv.replication.ratis.room;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** How much room there is for what a majority has to write. */
public final class MajorityRoom {
    private MajorityRoom() {}

    /**
     * Returns how much room the member has that has least among the majority that has most. Members that do not answer come
     * last; if a majority needs them, nothing is written anyhow, and it is not for want of room.
     *
     * @param voters what every voter said; nothing of those that do not answer
     */
    public static DiskRoom of(Collection<Optional<DiskRoom>> voters) {
        List<DiskRoom> mostFirst =
                voters.stream().flatMap(Optional::stream).sorted().toList();
        int majority = voters.size() / 2 + 1;
        return mostFirst.size() < majority ? DiskRoom.ENOUGH : mostFirst.get(majority - 1);
    }
}
