package io.hightower.kv.cluster.judged;

import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Status;
import java.util.Optional;

/**
 * How an operation ended for its client.
 *
 * @param status what is known
 * @param told the answer; {@link Answer#NONE} without one
 * @param failure what was thrown, if there is no answer
 */
public record Attempt(Status status, Answer told, Optional<RuntimeException> failure) {
    /** Returns whether it was answered. */
    public boolean isOk() {
        return status == Status.OK;
    }

    /** Returns the answer, or throws what the operation failed with. */
    public Answer orThrow() {
        if (failure.isPresent()) {
            throw failure.get();
        }
        return told;
    }
}
