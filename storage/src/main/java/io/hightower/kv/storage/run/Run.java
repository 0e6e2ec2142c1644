package io.hightower.kv.storage.run;

import io.hightower.kv.statemachine.Bytes;
import org.jspecify.annotations.Nullable;

/** A sorted run of versions that can be searched. <b>Thread-safe</b> for readers. */
public interface Run {
    /** In {@link #find}: the newest version, whatever its revision. */
    long NEWEST = Long.MAX_VALUE;

    /**
     * Finds the newest version of {@code key} that was written at main revision {@code throughMain} or before.
     *
     * @param hash {@link Bytes#hash64} of the key, computed once for all runs
     * @return null if the run holds no such version
     * @throws io.hightower.kv.statemachine.CorruptionException if the place where it must be is damaged
     */
    @Nullable
    StoredVersion find(Bytes key, long hash, long throughMain);

    /** Opens a cursor that stands nowhere yet. The caller closes it. */
    VersionCursor cursor();
}
