package io.hightower.kv.replication.local;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.HightowerException;
import java.util.List;

/**
 * A command on its way to the log.
 *
 * @param command what is proposed
 * @param weight bytes of its keys and values
 * @param submittedNanos when its caller came with it, by the monotonic clock
 * @param answer who wants its outcome
 */
record Proposal(Command command, int weight, long submittedNanos, Answer answer) {
    static void failAll(List<Proposal> proposals, HightowerException why) {
        for (Proposal proposal : proposals) {
            proposal.answer().fail(why);
        }
    }
}
