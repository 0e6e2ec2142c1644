package io.hightower.kv.cluster.guarantees.history;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.RangeRequest;

/** What a client asked for. <b>Immutable.</b> */
public sealed interface Request {
    /**
     * A command.
     *
     * @param command what was submitted
     */
    record Submitted(Command command) implements Request {}

    /**
     * A reading by itself, outside of a transaction.
     *
     * @param range what was read
     */
    record Read(RangeRequest range) implements Request {}
}
