package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.codec.StateArchive;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StateFiles;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The state at one applied position, pinned: later commands do not show. Its files do not change, so that a receiver can
 * fetch them one by one and go on where it was broken off.
 *
 * <p>Thread-safe. Keeps memory or files from being reclaimed until it is closed.
 */
public interface StateSnapshot extends StateFiles, AutoCloseable {
    /** Returns position, revision and the other scalars. */
    AppliedState applied();

    /** Returns the hash over the whole state; equal on every member and in every mode after the same commands. */
    long stateHash();

    /** Returns the keys and values. Valid until the snapshot is closed. */
    ReadView view();

    /**
     * Writes all files as one stream, for {@link SnapshotProvider#installSnapshot(InputStream)}. Leaves the stream open.
     *
     * @return the number of bytes written
     */
    default long writeTo(OutputStream target) throws IOException {
        return StateArchive.write(this, target);
    }

    /** Lets go of the state. Idempotent. */
    @Override
    void close();
}
