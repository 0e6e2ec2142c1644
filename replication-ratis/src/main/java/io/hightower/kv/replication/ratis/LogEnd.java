package io.hightower.kv.replication.ratis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/**
 * Where the log of this member ends, asked on a thread of its own: while its disk hangs, the log may not even answer that.
 * <b>Used by one thread at a time</b>; never waits.
 */
final class LogEnd implements AutoCloseable {
    /** The log has not answered yet. */
    static final long UNANSWERED = Long.MAX_VALUE;

    private static final long NOTHING = -1;

    private final LongSupplier lastIndex;
    private final ExecutorService asker = Executors.newSingleThreadExecutor(MemberThreads.named("hightower-log-end"));
    private CompletableFuture<Long> asked = CompletableFuture.completedFuture(NOTHING);

    /** Prepares to ask; {@code lastIndex} throws if the log is closed. */
    LogEnd(LongSupplier lastIndex) {
        this.lastIndex = lastIndex;
    }

    /** Returns the last index as it was soon after the last look, -1 for none; or {@link #UNANSWERED}. */
    long look() {
        if (!asked.isDone()) {
            return UNANSWERED;
        }
        long answer = asked.join();
        asked = CompletableFuture.supplyAsync(this::ask, asker);
        return answer;
    }

    private long ask() {
        try {
            return lastIndex.getAsLong();
        } catch (RuntimeException e) {
            // A closed log is somebody else's concern.
            System.getLogger(LogEnd.class.getName()).log(System.Logger.Level.DEBUG, "The log is closed", e);
            return NOTHING;
        }
    }

    @Override
    public void close() {
        asker.shutdownNow();
    }
}
