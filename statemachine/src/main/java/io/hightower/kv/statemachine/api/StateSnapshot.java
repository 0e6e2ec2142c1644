package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.spi.ReadView;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The state at one applied position, pinned: later commands do not show.
 *
 * <p>Thread-safe. Keeps memory or files from being reclaimed until it is closed.
 */
public interface StateSnapshot extends AutoCloseable {
    /** Returns position, revision and the other scalars. */
    AppliedState applied();

    /** Returns the hash over the whole state; equal on every member and in every mode after the same commands. */
    long stateHash();

    /** Returns the keys and values. Valid until the snapshot is closed. */
    ReadView view();

    /**
     * Writes the state in the snapshot format, checksummed, for {@link SnapshotProvider#installSnapshot}. Leaves the stream
     * open.
     *
     * @return the number of bytes written
     */
    long writeTo(OutputStream target) throws IOException;

    /** Lets go of the state. Idempotent. */
    @Override
    void close();
}
