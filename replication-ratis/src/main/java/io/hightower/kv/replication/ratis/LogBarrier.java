package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.read.IndexSource;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.Result;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * The confirmation of reads by the log: an entry that changes nothing is put into it, and its index covers everything that was
 * acknowledged before. It costs a sync on a majority, and asks nothing of anything but the log. Thread-safe.
 */
final class LogBarrier implements IndexSource {
    /** Releases no tombstone, for there is none of revision 0. */
    private static final Command.ReleaseTombstones NOTHING = new Command.ReleaseTombstones(0, 1);

    private static final int NOTHING_BYTES = 64;

    private final Predicate<Submission> proposer;

    /** Makes a barrier whose entries {@code proposer} takes, with precedence; false if it takes none any more. */
    LogBarrier(Predicate<Submission> proposer) {
        this.proposer = proposer;
    }

    static boolean isBarrier(Command command) {
        return command.equals(NOTHING);
    }

    @Override
    public CompletableFuture<Long> confirm(long deadlineNanos) {
        CompletableFuture<Long> logged = new CompletableFuture<>();
        propose(logged, deadlineNanos);
        return logged;
    }

    private void propose(CompletableFuture<Long> logged, long deadlineNanos) {
        Submission submission = new Submission(
                List.of(NOTHING), NOTHING_BYTES, deadlineNanos, Submission.LOCAL, new Submission.Receiver() {
                    @Override
                    public void succeeded(long index, List<Result> results) {
                        logged.complete(index);
                    }

                    @Override
                    public void failed(RuntimeException why) {
                        if (mayBeTriedAgain(why) && System.nanoTime() - deadlineNanos < 0) {
                            propose(logged, deadlineNanos);
                        } else {
                            logged.completeExceptionally(why);
                        }
                    }
                });
        if (!proposer.test(submission)) {
            logged.completeExceptionally(new ReadUnavailableException("The store is closed"));
        }
    }

    /** An entry that changes nothing may be in the log more than once. */
    private static boolean mayBeTriedAgain(RuntimeException why) {
        return why instanceof OutcomeUnknownException
                || (why instanceof NotReplicatedException refusal && refusal.reason() == Reason.NO_LEADER);
    }
}
