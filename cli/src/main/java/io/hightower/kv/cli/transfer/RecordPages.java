package io.hightower.kv.cli.transfer;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Where exported records come from, in pages. <b>Thread-safe.</b> */
@FunctionalInterface
public interface RecordPages {
    /** Reads the first records of a range without waiting; how many is up to the store. */
    CompletableFuture<Page> page(KeyRange range);

    /**
     * The beginning of a range. <b>Immutable.</b>
     *
     * @param records its first records in key order
     * @param next the key at which the range goes on; nothing when this is all of it
     */
    record Page(List<TextRecord> records, Optional<Bytes> next) {
        /** Copies the list. */
        public Page {
            records = List.copyOf(records);
        }
    }
}
