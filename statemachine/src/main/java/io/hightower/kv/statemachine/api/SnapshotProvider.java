package io.hightower.kv.statemachine.api;

import java.io.IOException;
import java.io.InputStream;

/** Exports the whole state, and replaces it by an exported one. */
public interface SnapshotProvider {
    /** Pins the state as it is now, after everything acknowledged before the call. The caller closes it. */
    StateSnapshot snapshotState();

    /**
     * Replaces the whole state by an exported one. The bytes are staged beside the live state and verified to the last
     * before anything changes; a failure leaves the live state as it was. Durable on return.
     *
     * @throws io.hightower.kv.statemachine.CorruptionException if the bytes are damaged or cut short
     * @throws io.hightower.kv.statemachine.FormatException if they are not a snapshot that this release reads
     * @throws UnsupportedOperationException from a member of a cluster, whose state only its log may change
     * @throws IOException if the stream cannot be read
     */
    void installSnapshot(InputStream exported) throws IOException;

    /** Returns the highest write version ever given; 0 in a store that nothing was written to. */
    long latestVersion();
}
