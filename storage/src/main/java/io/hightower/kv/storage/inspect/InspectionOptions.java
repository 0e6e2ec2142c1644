package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.Bytes;
import java.util.function.Function;

/**
 * How much of a file is shown, and how.
 *
 * @param values whether values are shown, or their lengths only
 * @param rowsMax at most so many rows of content, 0 or more; what is not shown is read nevertheless
 * @param notation how keys and values are written: without tabs and newlines
 */
public record InspectionOptions(boolean values, long rowsMax, Function<Bytes, String> notation) {
    /** Checks the limit. */
    public InspectionOptions {
        if (rowsMax < 0) {
            throw new IllegalArgumentException("A number of rows is not negative: rowsMax=" + rowsMax);
        }
    }
}
