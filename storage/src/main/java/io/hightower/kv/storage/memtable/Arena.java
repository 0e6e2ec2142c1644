package io.hightower.kv.storage.memtable;

import java.util.Arrays;

/**
 * Memory that is handed out in ascending order and never taken back.
 *
 * <pre>
 * reference (unsigned 32 bits)   chunk number : 14 | place in the chunk : 18, in units of 4 bytes     16 GiB
 * chunk                          byte[]; the first has 64 KiB, each further one twice as much, up to 1 MiB
 * </pre>
 *
 * <p>A chunk is 32 bytes shorter than the power of two, so that it fits with its header into one region of the garbage
 * collector instead of occupying two. What does not fit into the rest of a chunk goes to the next one; the rest stays zero.
 * <b>Threads.</b> One writer; readers may resolve each reference that was published to them after it was handed out.
 */
final class Arena {
    /** No memory. The first 4 bytes are never handed out. */
    static final int NONE = 0;

    /** The most bytes that can be handed out in one piece. */
    static final int PIECE_BYTES_MAX = 256 * 1024;

    private static final int UNIT_SHIFT = 2;
    private static final int UNIT_BYTES = 1 << UNIT_SHIFT;
    private static final int CHUNK_SHIFT = 18;
    private static final int PLACE_MASK = (1 << CHUNK_SHIFT) - 1;
    private static final int CHUNKS_MAX = 1 << (Integer.SIZE - CHUNK_SHIFT);
    private static final int CHUNK_HEADER_BYTES = 32;
    private static final int CHUNK_BYTES_LEAST = 64 * 1024;
    private static final int CHUNK_BYTES_MOST = 1 << (CHUNK_SHIFT + UNIT_SHIFT);
    private static final int CHUNKS_FIRST = 8;

    /** Replaced by a longer copy when full. Whoever was given a reference sees a version that holds its chunk. */
    private byte[][] chunks = new byte[CHUNKS_FIRST][];

    private byte[] last;
    private int lastNumber;

    /** The bytes handed out of the last chunk. */
    private int lastUsed = UNIT_BYTES;

    /** The bytes handed out of the chunks before the last. */
    private long usedBefore;

    private long reservedBytes;

    Arena() {
        last = new byte[CHUNK_BYTES_LEAST - CHUNK_HEADER_BYTES];
        chunks[0] = last;
        reservedBytes = last.length;
    }

    /** Returns the chunk of a reference. */
    byte[] chunk(int reference) {
        return chunks[reference >>> CHUNK_SHIFT];
    }

    /** Returns where in its chunk a reference points. */
    static int position(int reference) {
        return (reference & PLACE_MASK) << UNIT_SHIFT;
    }

    /** Returns the reference to the place {@code bytes} behind the one of {@code reference}; bytes are a multiple of 4. */
    static int plus(int reference, int bytes) {
        return reference + (bytes >> UNIT_SHIFT);
    }

    /** Returns the reference to the beginning of the chunk behind the one of {@code reference}. */
    static int nextChunk(int reference) {
        return ((reference >>> CHUNK_SHIFT) + 1) << CHUNK_SHIFT;
    }

    /** Returns {@code bytes} rounded up to what is handed out. */
    static int aligned(int bytes) {
        return (bytes + UNIT_BYTES - 1) & -UNIT_BYTES;
    }

    /**
     * Returns where the next piece begins, if it is no longer than {@code bytesMax}. Nothing is handed out yet.
     *
     * @throws IllegalStateException if the arena is full
     */
    int reserve(int bytesMax) {
        if (bytesMax > last.length - lastUsed) {
            appendChunk(bytesMax);
        }
        return (lastNumber << CHUNK_SHIFT) | (lastUsed >>> UNIT_SHIFT);
    }

    /** Hands out {@code bytes}, at most what was reserved, from the reserved reference on. */
    void take(int bytes) {
        lastUsed += aligned(bytes);
    }

    /** Returns the position behind everything handed out: every later reference is at or beyond it. */
    long end() {
        return ((long) lastNumber << CHUNK_SHIFT) | (lastUsed >>> UNIT_SHIFT);
    }

    /** Returns the bytes handed out. */
    long usedBytes() {
        return usedBefore + lastUsed;
    }

    /** Returns the bytes of all chunks. */
    long reservedBytes() {
        return reservedBytes;
    }

    private void appendChunk(int bytesMax) {
        int number = lastNumber + 1;
        if (number == CHUNKS_MAX || bytesMax > PIECE_BYTES_MAX) {
            throw new IllegalStateException(
                    "The memtable has no more room: chunks=" + number + " pieceBytes=" + bytesMax);
        }
        int regular = number > 4 ? CHUNK_BYTES_MOST : Math.min(CHUNK_BYTES_LEAST << number, CHUNK_BYTES_MOST);
        byte[] chunk = new byte[Math.max(regular - CHUNK_HEADER_BYTES, aligned(bytesMax))];
        byte[][] directory =
                number < chunks.length ? chunks : Arrays.copyOf(chunks, Math.min(chunks.length * 2, CHUNKS_MAX));
        directory[number] = chunk;
        chunks = directory;
        usedBefore += lastUsed;
        reservedBytes += chunk.length;
        last = chunk;
        lastNumber = number;
        lastUsed = 0;
    }
}
