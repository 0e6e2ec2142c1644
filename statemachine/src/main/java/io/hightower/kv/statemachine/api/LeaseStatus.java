package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.Bytes;
import java.util.List;

/**
 * How a lease stands. <b>Immutable.</b>
 *
 * @param id which lease
 * @param grantedSeconds the time-to-live that it was granted for, and gets again with each renewal; 1 or more
 * @param remainingSeconds whole seconds until it ends, rounded down, as in etcd; 0 in its last second
 * @param keys the keys that hang on it, in key order, if they were asked for; else none
 */
public record LeaseStatus(long id, long grantedSeconds, long remainingSeconds, List<Bytes> keys) {
    /** Copies the list. */
    public LeaseStatus {
        keys = List.copyOf(keys);
    }
}
