package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.spi.StoreView;
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
