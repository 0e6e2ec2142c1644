package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.spi.StoreView;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A running replication: takes commands, confirms reads, exports state. One per open store. */
public interface ReplicationHandle extends CommandSubmitter, SnapshotProvider, AutoCloseable {
    /**
     * Completes once the local state contains every command that was acknowledged anywhere before the call; a view opened
     * afterwards is linearizable. Completes with {@link io.hightower.kv.statemachine.ReadUnavailableException} if that
     * cannot be confirmed in time.
     */
    CompletableFuture<Void> readBarrier();

    /** Opens a view of the local state as it is, without a barrier. The caller closes it. */
    StoreView view();

    /** Returns how the replication is doing. Cheap, never blocks. */
    ReplicationStatus status();

    /** Returns who the members are; a store without a cluster has one, and refuses changes. */
    default Membership membership() {
        return new LoneMembership();
    }

    /**
     * Returns the logical time in milliseconds, for whoever decides what is due; empty when this member does not lead, has
     * not yet applied everything that earlier leaders left, or is closed or has failed. Cheap, never blocks.
     *
     * <p>It is at least that of every entry applied here. It goes on by the monotonic clock of this process, with commands
     * or without, and stands still while nobody leads; it is no time of day. Between two answers given while this member led
     * without a break it never goes back. A later leader begins where the entries of this one left off, so what passed since
     * the last of them passes again; an installed state brings its own time.
     *
     * <p>A command that is submitted after the answer, and ordered in the same leadership, is in an entry of at least that
     * time. Another leader may order it instead, at an earlier time, and behind commands that this member did not know of: a
     * member that was deposed answers until it learns of that. What was decided by the answer must therefore be judged once
     * more where it is applied, by the time of the entry.
     */
    OptionalLong logicalTimeMillis();

    /** Forces everything acknowledged to the local disk, whatever the sync policy. */
    void flush();

    /**
     * Writes the state to disk and drops the part of the log that it replaces. Durable on return. Nothing happens if nothing
     * was applied since the last time.
     */
    void checkpoint();

    /**
     * Drops the part of the log that the store has made durable by itself meanwhile, if the replication has a log that can
     * be dropped without a {@link #checkpoint}. Cheap when there is nothing to drop.
     */
    default void trimLog() {}

    /** Returns about how many bytes of log a restart would have to read. Cheap, never blocks. */
    long logBytes();

    /**
     * Stops taking commands, finishes those accepted, makes them durable and lets go of every resource. Commands that could
     * not be finished fail with a typed exception. Idempotent.
     */
    @Override
    void close();
}
