package io.hightower.kv.statemachine.api;

import java.util.HexFormat;
import java.util.Optional;

/**
 * The number of a member of a cluster, which no other member ever has, later ones included; any 64 bits. Ordered as unsigned
 * numbers. <b>Immutable.</b>
 *
 * @param value the number, unsigned
 */
public record MemberId(long value) implements Comparable<MemberId> {
    private static final int RADIX = 16;

    /** Reads 1 to 16 hexadecimal digits; nothing if the text is something else. */
    public static Optional<MemberId> parse(String text) {
        return text.matches("[0-9a-fA-F]{1,16}")
                ? Optional.of(new MemberId(Long.parseUnsignedLong(text, RADIX)))
                : Optional.empty();
    }

    @Override
    public int compareTo(MemberId other) {
        return Long.compareUnsigned(value, other.value);
    }

    /** Returns the 16 hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(value);
    }
}
