package io.hightower.kv.cli.transfer;

import io.hightower.kv.statemachine.Bytes;
import java.util.concurrent.CompletableFuture;

/** Where imported records go. <b>Thread-safe.</b> */
@FunctionalInterface
public interface RecordSink {
    /**
     * Stores a record without waiting.
     *
     * @return completes when the record is stored; fails with an {@link IllegalArgumentException} if the record is refused as
     *     such, with any other exception if the store does not take it
     */
    CompletableFuture<?> put(Bytes key, Bytes value);
}
