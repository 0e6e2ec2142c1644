package io.hightower.kv.replication.local;

import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.Result;
import java.util.concurrent.CompletableFuture;

/** Who wants to hear of a command's outcome. The first outcome counts; a second one has no effect. Thread-safe. */
interface Answer {
    /** Tells the result: the command is durable as promised, and applied. */
    void complete(Result result);

    /** Tells why there is no result. */
    void fail(HightowerException why);

    /** An answer to somebody who does not wait. */
    record Promised(CompletableFuture<Result> future) implements Answer {
        @Override
        public void complete(Result result) {
            future.complete(result);
        }

        @Override
        public void fail(HightowerException why) {
            future.completeExceptionally(why);
        }
    }
}
