package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.spi.ReadView;

/** A store whose data is in this process, alone or as a member of a cluster. */
public interface LocalEngine extends KvEngine, SnapshotProvider {
    /**
     * Applies retention and reclaims space now instead of waiting for the background: releases the tombstones whose grace
     * has passed, writes the state to disk and drops the log that it replaces. Returns when done.
     */
    void runCompactionNow();

    /** Returns how the replication is doing. Cheap, never blocks. */
    ReplicationStatus status();

    /**
     * Returns where this member stands by itself: revision, number of keys, position, all of one moment. Without asking the
     * other members of a cluster, so it may lag behind, and answers without a leader, too.
     */
    AppliedState applied();

    @Override
    default long latestVersion() {
        return readWith(ReadView::latestVersion);
    }
}
