package io.hightower.kv.engine.watch;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Changes read from history at once, for all watchers who stand between its first and its last revision. Its reader lets it go
 * when nobody needs it, or when memory is short. <b>Thread-safe.</b>
 */
final class HistoryChunk {
    private final long from;
    private final long through;
    private final List<RevisionChanges> changes;
    private final long bytes;
    private final long readNanos;
    private final AtomicInteger users = new AtomicInteger();

    /**
     * Holds what was read.
     *
     * @param from the first revision that was looked at
     * @param through the last one
     * @param changes what was found there, in order
     * @param readNanos when, on the monotonic clock
     */
    HistoryChunk(long from, long through, List<RevisionChanges> changes, long readNanos) {
        this.from = from;
        this.through = through;
        this.changes = List.copyOf(changes);
        this.readNanos = readNanos;
        this.bytes = changes.stream().mapToLong(RevisionChanges::bytes).sum();
    }

    long from() {
        return from;
    }

    long through() {
        return through;
    }

    List<RevisionChanges> changes() {
        return changes;
    }

    long bytes() {
        return bytes;
    }

    long readNanos() {
        return readNanos;
    }

    /** Says that a watcher refers to some of it. */
    void enter() {
        users.incrementAndGet();
    }

    /** Says that a watcher does not any more. */
    void leave() {
        users.decrementAndGet();
    }

    boolean isUsed() {
        return users.get() > 0;
    }

    /** Gives the memory back, whoever still refers to it. */
    void letGo() {
        changes.forEach(RevisionChanges::letGo);
    }
}
