package io.hightower.kv.cluster.guarantees.history;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import java.util.List;
import java.util.Optional;

/** The keys that hold a value after one revision, as the log has them; write versions are 0. */
public interface Moment {
    /** Returns what a key holds; nothing if it holds none. */
    Optional<KeyValue> find(Bytes key);

    /** Returns what the keys of a range hold, in key order. */
    List<KeyValue> scan(KeyRange range);
}
