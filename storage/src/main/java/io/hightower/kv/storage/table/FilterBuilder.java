package io.hightower.kv.storage.table;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Collects the hashes of a table's keys and makes the bits of its {@link Filter}. <b>Used by one thread at a time.</b> */
final class FilterBuilder {
    private static final int HASHES_PER_CHUNK = 1 << 13;

    /** A gibibyte; beyond 800 million keys the filter answers "maybe" more often. */
    private static final long LINES_MAX = (1L << 30) / Filter.LINE_BYTES;

    private static final double PROBES_PER_BIT = 0.6;

    private final int bitsPerKey;
    private final List<long[]> chunks = new ArrayList<>();
    private int inLastChunk = HASHES_PER_CHUNK;

    FilterBuilder(int bitsPerKey) {
        this.bitsPerKey = bitsPerKey;
    }

    /** Adds a key by its hash. */
    void add(long hash) {
        if (bitsPerKey == 0) {
            return;
        }
        if (inLastChunk == HASHES_PER_CHUNK) {
            chunks.add(new long[HASHES_PER_CHUNK]);
            inLastChunk = 0;
        }
        chunks.get(chunks.size() - 1)[inLastChunk++] = hash;
    }

    /**
     * Returns how many bits each key sets: the number that makes a wrong "maybe" rarest. An undivided filter wants 0.69 times
     * the bits per key; lines fill unevenly, which moves the best number down.
     */
    int probes() {
        return bitsPerKey == 0 ? 0 : Math.max(1, (int) Math.round(bitsPerKey * PROBES_PER_BIT));
    }

    /** Returns the bits, ready to be written; nothing if there is no filter. */
    ByteBuffer build() {
        if (chunks.isEmpty()) {
            return ByteBuffer.allocate(0);
        }
        long hashes = (chunks.size() - 1L) * HASHES_PER_CHUNK + inLastChunk;
        long lines = Math.min(LINES_MAX, (hashes * bitsPerKey + Filter.LINE_BITS - 1) / Filter.LINE_BITS);
        ByteBuffer bits = ByteBuffer.allocate(Math.toIntExact(lines * Filter.LINE_BYTES));
        for (int i = 0; i < chunks.size(); i++) {
            long[] chunk = chunks.get(i);
            int count = i == chunks.size() - 1 ? inLastChunk : HASHES_PER_CHUNK;
            for (int j = 0; j < count; j++) {
                Filter.set(bits, (int) lines, probes(), chunk[j]);
            }
        }
        return bits;
    }
}
