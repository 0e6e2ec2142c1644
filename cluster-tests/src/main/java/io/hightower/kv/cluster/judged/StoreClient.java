package io.hightower.kv.cluster.judged;

import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Invocation;

/** A way to a store. <b>Thread-safe.</b> */
public interface StoreClient {
    /**
     * Does an operation and waits for its answer.
     *
     * @throws UnsupportedOperationException if this way does not offer it; then nothing was sent
     * @throws RuntimeException what the store, or the way to it, throws
     */
    Answer perform(Invocation asked);
}
