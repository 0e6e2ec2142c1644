package io.hightower.kv.statemachine.api;

import java.util.HexFormat;

/**
 * The number of a cluster; any 64 bits. <b>Immutable.</b>
 *
 * @param value the number, unsigned
 */
public record ClusterId(long value) {
    /** Returns the 16 hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(value);
    }
}
