package io.hightower.kv.storage.table;

import java.nio.ByteBuffer;

/**
 * Tells of most keys that a table lacks that it lacks them: a Bloom filter in which all bits of one key lie in one line of
 * 64 bytes, so that asking costs one cache miss (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters).
 *
 * <p>The upper half of a key's hash chooses the line, by multiplying with the number of lines; the lower half, multiplied
 * again and again by an odd constant, gives 9 bits for each probe. With 10 bits per key and 6 probes about 1 % of missing
 * keys are not recognised. The bits lie outside of the heap. <b>Immutable.</b>
 */
final class Filter {
    static final int LINE_BYTES = 64;
    static final int LINE_BITS = LINE_BYTES * Byte.SIZE;

    private static final int LINE_BITS_LOG2 = 9;

    /** 2^32 divided by the golden ratio. */
    private static final int STEP = 0x9E3779B9;

    private final ByteBuffer bits;
    private final int lines;
    private final int probes;

    /** Makes a filter of lines that were read. Without lines, everything may be there. */
    Filter(ByteBuffer bits, int probes) {
        this.bits = bits;
        this.lines = bits.remaining() / LINE_BYTES;
        this.probes = probes;
    }

    /** Returns false if the key with that hash is not in the table. */
    boolean mayContain(long hash) {
        if (lines == 0) {
            return true;
        }
        int line = line(hash, lines);
        int steps = (int) hash;
        for (int i = 0; i < probes; i++) {
            int bit = steps >>> (Integer.SIZE - LINE_BITS_LOG2);
            if ((bits.getLong(line + ((bit >>> 6) << 3)) & (1L << bit)) == 0) {
                return false;
            }
            steps *= STEP;
        }
        return true;
    }

    static void set(ByteBuffer bits, int lines, int probes, long hash) {
        int line = line(hash, lines);
        int steps = (int) hash;
        for (int i = 0; i < probes; i++) {
            int bit = steps >>> (Integer.SIZE - LINE_BITS_LOG2);
            int word = line + ((bit >>> 6) << 3);
            bits.putLong(word, bits.getLong(word) | (1L << bit));
            steps *= STEP;
        }
    }

    private static int line(long hash, int lines) {
        return (int) (((hash >>> Integer.SIZE) * lines) >>> Integer.SIZE) * LINE_BYTES;
    }
}
