package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Takes commands, has them ordered, made durable and applied, and answers with their results.
 *
 * <p><b>Ordering.</b> Commands submitted by one thread are applied in that order. <b>Durability.</b> When a future completes
 * with a result, the command is durable as promised: by the sync policy of a local log, or on a majority of a cluster's
 * disks. <b>Failure.</b> A future completes with {@link io.hightower.kv.statemachine.NotReplicatedException} if the command
 * certainly never takes effect, and with {@link io.hightower.kv.statemachine.OutcomeUnknownException} if that is not known.
 */
public interface CommandSubmitter {
    /**
     * Submits one command. Waits for room if too many commands wait already, within the configured bound, and for nothing
     * else.
     *
     * @throws io.hightower.kv.statemachine.TooLargeException if it is larger than a request may be
     */
    CompletableFuture<Result> submit(Command command);

    /**
     * Submits one command and waits for its result, if that is possible by doing the work on the calling thread.
     *
     * @throws io.hightower.kv.statemachine.HightowerException what the future of {@link #submit} would complete with
     * @throws io.hightower.kv.statemachine.OutcomeUnknownException also if the thread is interrupted while it waits for
     *     others; its interrupt flag stays set
     */
    default Result submitAndWait(Command command) {
        return Waiting.forResult(submit(command));
    }

    /** Submits commands that take effect together or not at all; see {@link Command.Batch}. */
    default CompletableFuture<Result.BatchResult> submitBatch(List<Command> commands) {
        return submit(new Command.Batch(commands)).thenApply(Result.BatchResult.class::cast);
    }
}
