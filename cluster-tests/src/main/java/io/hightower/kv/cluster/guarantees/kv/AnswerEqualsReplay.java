package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.EventLog;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;

/**
 * Commands answer what replaying the log up to their revision answers: what was there before, how much was deleted, which branch
 * a transaction took, and what its operations answered.
 */
public final class AnswerEqualsReplay implements Guarantee {
    private static final String COMMANDS = "commands that changed something";
    private static final String IDLE = "commands that changed nothing";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, COMMANDS, IDLE);
        EventLog log = history.log();
        for (Operation next : history.answered()) {
            Result answer = next.answer().orElseThrow();
            if (next.command().isPresent() && !(answer instanceof Result.Refused) && touchesKeys(next)) {
                findings.judged(next.hasEffect() ? COMMANDS : IDLE);
                EventLog.Replayed replayed = log.replayed(next);
                if (!replayed.agreesWith(answer)) {
                    findings.violated("An answer does not follow from the log: expected=" + replayed.answer(), next);
                }
            }
        }
        return findings.judgement();
    }

    private static boolean touchesKeys(Operation operation) {
        Command command = operation.command().orElseThrow();
        return command instanceof Command.Put
                || command instanceof Command.Delete
                || command instanceof Command.DeleteRange
                || command instanceof Command.Batch
                || command instanceof Command.Txn
                || command instanceof Command.RevokeLease;
    }
}
