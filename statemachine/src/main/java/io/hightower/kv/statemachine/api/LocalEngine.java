package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.state.HashKv;
import java.nio.file.Path;

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

    /** Returns who the members of the cluster are, for listing and changing them. */
    Membership membership();

    /** Returns the system key space, for whoever builds on this store. */
    SystemSpace system();

    /**
     * Computes the hash of the keys and their history up to a revision, as etcd does, for comparing members: they give the
     * same one for the same revision and the same compact revision. It is that of this member, which may not have come that
     * far, and needs no leader. Costs a pass over the keys, while reading and writing go on.
     *
     * @param revision from the compact revision to the newest; {@link HashKv#NEWEST} for that
     * @throws io.hightower.kv.statemachine.RevisionUnavailableException if the revision is compacted or has not come yet, or
     *     if the store does not keep the history that the hash is made of
     */
    HashKv.Hash hashKv(long revision);

    /**
     * Makes a copy of the whole state in another directory, which can be opened as a store of its own. It costs the time of
     * a flush, whatever the size: the files are linked, not copied, since neither store ever changes them; only on another
     * file system are they copied. Reading and writing go on meanwhile.
     *
     * <p>The copy holds everything that this member had applied when the call began, and nothing that came later than its
     * return. Durable on return; after a failure the directory holds no files. It has the identity of the origin, and is
     * opened without a cluster even if the origin is a member of one.
     *
     * @param directory is missing or has no files
     * @throws io.hightower.kv.statemachine.DirectoryInUseException if somebody has that directory open
     * @throws io.hightower.kv.statemachine.StorageException if it has files, or if the disk fails
     * @throws UnsupportedOperationException if this store is not in a directory
     */
    default void checkpoint(Path directory) {
        throw new UnsupportedOperationException("This store is not in a directory: target=" + directory);
    }

    @Override
    default long latestVersion() {
        return readWith(ReadView::latestVersion);
    }
}
