package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemWrite;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.KvState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is done with the directory and the state of a member that does not run: taking it out of its cluster, and founding a
 * new one with it. Used by one thread; the caller holds the directories.
 */
public final class OfflineMember {
    /**
     * The term of the first election of a new cluster; a state from before it counts as ordered by the one member that wins it.
     * The terms of the old cluster end with it: entries of a lower term than the state would be refused.
     */
    private static final long FIRST_TERM = 1;

    private OfflineMember() {}

    /**
     * Whose log a directory holds.
     *
     * @param token of the cluster
     * @param name of the member
     */
    public record Owner(String token, String name) {}

    /**
     * Returns whose log a Ratis directory holds; nothing if nobody has taken part in a cluster with it.
     *
     * @throws io.hightower.kv.statemachine.StorageException if the directory says that, but not who it was
     */
    public static Optional<Owner> ownerOf(Path directory) {
        return MemberMarker.read(directory)
                .filter(MemberMarker::started)
                .map(marker -> new Owner(marker.self().token(), marker.self().name()));
    }

    /**
     * Returns the last entry that the member had logged, which tells whose log goes furthest: see
     * {@link OfflineLog#lastPosition()}.
     *
     * @param directory the member's Ratis directory
     * @param applied where its state stands, in the same cluster: its entry may be gone from the log
     * @throws io.hightower.kv.statemachine.StorageException if the log cannot be read
     */
    public static LogPosition logEnd(Path directory, LogPosition applied) {
        return OfflineLog.in(directory)
                .lastPosition()
                .filter(last -> last.term() > applied.term()
                        || (last.term() == applied.term() && last.index() > applied.index()))
                .orElse(applied);
    }

    /**
     * Applies what the log of the member has beyond the state, and makes it durable.
     *
     * @param directory the member's Ratis directory
     * @return how many entries with commands were applied
     * @throws io.hightower.kv.statemachine.StorageException if the log does not continue where the state ends
     */
    public static long finishLog(Path directory, KvState state) {
        long applied = OfflineLog.in(directory).applyTo(state);
        state.store().checkpoint();
        return applied;
    }

    /**
     * Removes from a state what it knows about the members of its cluster, and gives it a position of its own in the log: it
     * is a state of that cluster no more. Durable on return.
     */
    public static void leaveCluster(KvState state) {
        StateStore store = state.store();
        AppliedState applied = store.applied();
        LogPosition position = new LogPosition(FIRST_TERM, applied.position().index() + 1);
        List<SystemWrite> removals = new ArrayList<>();
        try (StoreView view = store.view()) {
            for (SystemRecord record : view.system().scan(KeyRange.prefix(SystemRecord.ABOUT_CLUSTER))) {
                removals.add(SystemWrite.removal(record.key()));
            }
        }
        if (removals.isEmpty()) {
            state.skip(position);
        } else {
            state.apply(position, new Entry(applied.logicalTimeMillis(), List.of(new Command.WriteSystem(removals))));
        }
        store.checkpoint();
    }

    /**
     * Prepares a Ratis directory for the only member of a new cluster, whose state exists already. Durable on return.
     *
     * @param options of the member, which is the whole initial cluster
     * @param unixSeconds the present time of day, which makes the ids different from those of earlier clusters at the address
     * @return the member's id
     */
    public static MemberId found(RatisOptions options, long unixSeconds) {
        return MemberDirectory.found(options, unixSeconds);
    }
}
