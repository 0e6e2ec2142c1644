package io.hightower.kv.replication.ratis.read;

import java.util.concurrent.CompletableFuture;

/** Finds out how far a member must have applied the log before it may answer a linearizable read. */
@FunctionalInterface
public interface IndexSource {
    /**
     * Returns a log index that covers everything that was acknowledged anywhere before the call.
     *
     * @param deadlineNanos on the monotonic clock; the future fails soon after it at the latest
     * @return fails with a reason if the index cannot be found
     */
    CompletableFuture<Long> confirm(long deadlineNanos);
}
