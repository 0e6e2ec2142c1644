package io.hightower.kv.engine.differential;

import java.util.List;

/** A store that answers {@link Call}s. <b>Used by one thread at a time.</b> */
interface Side extends AutoCloseable {
    Answer range(Call.Range call);

    Answer put(Call.Put call);

    Answer deleteRange(Call.DeleteRange call);

    Answer txn(Call.Txn call);

    Answer compact(Call.Compact call);

    Answer grant(Call.Grant call);

    Answer revoke(Call.Revoke call);

    Answer keepAlive(Call.KeepAlive call);

    Answer timeToLive(Call.TimeToLive call);

    Answer leases(Call.Leases call);

    Answer hash(Call.Hash call);

    /** Opens a watch; if it is not refused, it is the last of {@link #watches}. */
    Answer watch(Call.Watch call);

    /** Returns the watches opened so far. */
    List<Watching> watches();

    /** Returns once no open watch can be behind so far that a compaction ends it. */
    void awaitWatches(Moment moment);

    @Override
    void close();
}
