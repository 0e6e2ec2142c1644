package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.SystemWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The system key space of a store: what the store keeps for itself and users do not see, replicated and kept in memory as a
 * whole. For whoever builds on the store, such as users and roles; leases and sessions are in it, but are written by their own commands.
 *
 * <p>Reading, deciding and writing is made safe by expecting the {@link SystemRecord#modRevision} that was read: {@link
 * SystemWrite#expecting}. What a write names and does not expect otherwise is replaced; records that were only read can be
 * guarded by writing them again as they were.
 *
 * <p><b>Threads.</b> Thread-safe. <b>Failure.</b> As in {@link KvEngine}.
 */
public interface SystemSpace {
    /** Returns all records of one moment, with everything acknowledged before the call. They stay as they are. */
    SystemRecords read();

    /** As {@link #read}, without waiting. */
    CompletableFuture<SystemRecords> readAsync();

    /**
     * Returns all records as this member has them, without asking the others: it may lag behind. Cheap; costs no message and
     * no copy.
     */
    SystemRecords local();

    /**
     * Writes records, all of them or none, durably: none if one of them is not as its write expects. It moves no revision of
     * the data.
     *
     * @param writes at least one, each of another key, none of the keys that leases, sessions or members are
     *     kept under
     * @return whether they were written
     * @throws IllegalArgumentException if they are not like that
     */
    Result.SystemResult write(List<SystemWrite> writes);

    /** As {@link #write}, without waiting. */
    CompletableFuture<Result.SystemResult> writeAsync(List<SystemWrite> writes);

    /** Returns the record of a key, or nothing; see {@link #read}. */
    default Optional<SystemRecord> get(Bytes key) {
        return read().get(key);
    }

    /** Returns the records whose keys begin with {@code prefix}, in key order; see {@link #read}. */
    default List<SystemRecord> scan(Bytes prefix) {
        List<SystemRecord> found = new ArrayList<>();
        read().scan(KeyRange.prefix(prefix)).forEach(found::add);
        return found;
    }
}
