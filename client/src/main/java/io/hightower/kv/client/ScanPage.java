package io.hightower.kv.client;

import io.hightower.kv.statemachine.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * A part of a range, as it was at one moment. <b>Immutable.</b>
 *
 * @param found keys and values in key order
 * @param nextKey the first key of the range that is not in this page; nothing when the range is complete
 */
public record ScanPage(List<KeyAndValue> found, Optional<Bytes> nextKey) {
    /** Copies the list. */
    public ScanPage {
        found = List.copyOf(found);
    }
}
