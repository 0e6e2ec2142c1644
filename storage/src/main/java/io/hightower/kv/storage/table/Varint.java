package io.hightower.kv.storage.table;

/**
 * Numbers in as few bytes as they need: seven bits a byte, the lowest first, the highest bit set where another byte follows.
 */
final class Varint {
    /** The most bytes of a long. */
    static final int LONG_BYTES_MAX = 10;

    /** The most bytes of an int that is not negative. */
    static final int INT_BYTES_MAX = 5;

    private Varint() {}

    /** Writes an unsigned number and returns the offset behind it. */
    static int put(byte[] target, int offset, long value) {
        int at = offset;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            target[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[at++] = (byte) rest;
        return at;
    }

    /** Returns the number of bytes that {@link #put} writes. */
    static int length(long value) {
        int significant = Long.SIZE - Long.numberOfLeadingZeros(value | 1);
        return (significant + 6) / 7;
    }

    /** Maps numbers near 0, of either sign, to small unsigned ones. */
    static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }

    /** Undoes {@link #zigzag}. */
    static long unzigzag(long value) {
        return (value >>> 1) ^ -(value & 1);
    }
}
