package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.Result;

/** Turns refusals, which are results, into exceptions for callers who asked for one thing. */
final class Refusals {
    private Refusals() {}

    /** Returns the result unless it is a refusal, which is thrown. */
    static Result thrown(Result result) {
        if (result instanceof Result.Refused refused) {
            throw new RefusedException(refused.refusal());
        }
        return result;
    }
}
