package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.TooLargeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The way of commands from their submission to their result: queue, proposer, batches in flight.
 *
 * <p>Thread-safe.
 */
final class CommandPath {
    private final RatisOptions options;
    private final MemberLife life;
    private final CommandQueue queue;
    private final InFlightBatches inFlight;
    private final Proposer proposer;
    private final Thread thread;

    CommandPath(
            RatisOptions options, MemberLife life, CommandQueue queue, InFlightBatches inFlight, Proposer proposer) {
        this.options = options;
        this.life = life;
        this.queue = queue;
        this.inFlight = inFlight;
        this.proposer = proposer;
        this.thread = new Thread(this::propose, "hightower-proposer");
        thread.setDaemon(true);
    }

    private void propose() {
        try {
            proposer.run();
        } catch (RuntimeException | Error e) {
            life.die("The proposer failed", e);
        }
    }

    void start() {
        thread.start();
    }

    CompletableFuture<Result> submit(Command command) {
        int bytes = requireWithin(command);
        CompletableFuture<Result> result = new CompletableFuture<>();
        if (life.death().isPresent()) {
            result.completeExceptionally(dead());
            return result;
        }
        Submission submission =
                new Submission(List.of(command), bytes, deadlineNanos(), Submission.LOCAL, new OneResult(result));
        switch (queue.offer(submission)) {
            case TAKEN -> {}
            case FULL ->
                result.completeExceptionally(new NotReplicatedException(
                        Reason.OVERLOADED,
                        "Too many commands wait to be proposed: commandsMax="
                                + options.queue().commandsMax() + " bytesMax="
                                + options.queue().bytesMax() + " waited="
                                + options.queue().enqueueTimeout()));
            case CLOSED -> result.completeExceptionally(life.death().isPresent() ? dead() : stopped());
        }
        return result;
    }

    /** Refuses what would not fit one entry: the leader would lose its office over it. */
    private int requireWithin(Command command) {
        int bytes = options.limits().requireWithin(command);
        if (bytes > options.entryBytesMax()) {
            throw new TooLargeException(
                    "The batch, with what each of its commands adds,", bytes, options.entryBytesMax());
        }
        return bytes;
    }

    private long deadlineNanos() {
        return System.nanoTime() + options.timeouts().request().toNanos();
    }

    /** Fails what has run out of time. */
    void expire(long nowNanos) {
        proposer.expireWaiting(nowNanos);
        inFlight.expire(nowNanos);
    }

    /** Returns for how long the oldest commands have waited for a majority, in nanoseconds; 0 if none wait. */
    long oldestAgeNanos() {
        return inFlight.oldestAgeNanos();
    }

    /** Takes no more commands and waits until those taken are settled; false if that takes too long. */
    boolean finish(Duration patience) throws InterruptedException {
        return proposer.finish(patience);
    }

    /** Ends the proposer and settles what is left. */
    void end() throws InterruptedException {
        queue.end();
        proposer.stop(CommandPath::stopped);
        thread.interrupt();
        thread.join();
        proposer.failAllWaiting();
        inFlight.failAll(() -> new OutcomeUnknownException("The member was closed before the command was confirmed"));
    }

    /** Settles everything, now and in future, as failed with this member. */
    void die() {
        queue.end();
        proposer.stop(this::dead);
        thread.interrupt();
        proposer.failAllWaiting();
        inFlight.failAll(() -> new OutcomeUnknownException("This member of the cluster has died before it confirmed"));
    }

    private NotReplicatedException dead() {
        return new NotReplicatedException(
                Reason.STORE_FAILED,
                "This member of the cluster has died: " + life.death().orElse("unknown"));
    }

    private static NotReplicatedException stopped() {
        return new NotReplicatedException(Reason.STOPPED, "The store is closed");
    }

    /** Completes a future with the result of its one command. */
    private record OneResult(CompletableFuture<Result> result) implements Submission.Receiver {
        @Override
        public void succeeded(long index, List<Result> results) {
            result.complete(results.get(0));
        }

        @Override
        public void failed(RuntimeException why) {
            result.completeExceptionally(why);
        }
    }
}
