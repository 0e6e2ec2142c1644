package io.hightower.kv.statemachine.state;

/**
 * The CRC32C of two pieces one behind the other, from the CRC32C of each: so pieces can be read in another order than that in
 * which they are hashed.
 *
 * <p>A CRC is the remainder of the message as a polynomial. Appending n bytes to it multiplies it by x^8n, and the remainder
 * of what is appended is added, which is XOR. Polynomials here have the coefficient of x^0 in the highest bit, as Java and zlib
 * have them; what CRC32C inverts at the beginning and at the end cancels out. The method is that of {@code crc32_combine} in zlib.
 */
final class Crc32cJoin {
    /** The polynomial of Castagnoli. */
    private static final int POLYNOMIAL = 0x82f6_3b78;

    private static final int ONE = 1 << 31;

    /** Three squarings make x into x^8, the step of a byte. */
    private static final int BYTE_SQUARINGS = 3;

    /** At i: x to the power of 2^i. */
    private static final int[] SQUARED = squared();

    private Crc32cJoin() {}

    private static int[] squared() {
        int[] powers = new int[Long.SIZE + BYTE_SQUARINGS];
        powers[0] = ONE >>> 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = product(powers[i - 1], powers[i - 1]);
        }
        return powers;
    }

    /** Returns the CRC32C of a first piece and a second one behind it, which has so many bytes. */
    static int join(int first, int second, long secondBytes) {
        int shift = ONE;
        int power = BYTE_SQUARINGS;
        for (long left = secondBytes; left != 0; left >>>= 1) {
            if ((left & 1) != 0) {
                shift = product(SQUARED[power], shift);
            }
            power++;
        }
        return product(shift, first) ^ second;
    }

    private static int product(int left, int right) {
        int sum = 0;
        int shifted = right;
        for (int rest = left; rest != 0; rest <<= 1) {
            if (rest < 0) {
                sum ^= shifted;
            }
            shifted = (shifted >>> 1) ^ ((shifted & 1) == 0 ? 0 : POLYNOMIAL);
        }
        return sum;
    }
}
