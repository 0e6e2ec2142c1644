package io.hightower.kv.storage.hot;

import io.hightower.kv.statemachine.KeyValue;

/**
 * What was the newest value of a key when the newest main revision was {@code asOf}. <b>Immutable</b>, with final fields
 * only, so it may be shared without synchronisation.
 */
record HotEntry(long hash, KeyValue value, long asOf) {
    /** The objects without the bytes of key and value: entry, value, two sequences with an array each. */
    private static final long OBJECT_BYTES = 176;

    /** Returns about how many bytes of memory the entry takes. */
    long bytes() {
        return OBJECT_BYTES + value.key().length() + value.value().length();
    }
}
