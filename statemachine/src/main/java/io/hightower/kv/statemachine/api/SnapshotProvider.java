package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.codec.StateArchive;
import io.hightower.kv.statemachine.spi.StateFiles;
import java.io.IOException;
import java.io.InputStream;

/** Exports the whole state, and replaces it by an exported one. */
public interface SnapshotProvider {
    /** Pins the state as it is now, after everything acknowledged before the call. The caller closes it. */
    StateSnapshot snapshotState();

    /**
     * Replaces the whole state by an exported one. Its files are staged beside the live state and verified to the last byte
     * before anything changes; a failure leaves the live state as it was, and what had arrived is used by the next attempt.
     * Durable on return.
     *
     * @param exported for instance a {@link StateSnapshot} of another store
     * @throws io.hightower.kv.statemachine.CorruptionException if the bytes are damaged or cut short
     * @throws io.hightower.kv.statemachine.FormatException if they are not a state that this release reads
     * @throws UnsupportedOperationException from a member of a cluster, whose state only its log may change
     * @throws IOException if the source cannot be read
     */
    void installSnapshot(StateFiles exported) throws IOException;

    /** As {@link #installSnapshot(StateFiles)}, from what {@link StateSnapshot#writeTo} wrote. Leaves the stream open. */
    default void installSnapshot(InputStream exported) throws IOException {
        installSnapshot(new StateArchive.Reader(exported));
    }

    /** Returns the highest write version ever given; 0 in a store that nothing was written to. */
    long latestVersion();
}
