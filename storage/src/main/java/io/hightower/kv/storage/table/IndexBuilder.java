package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Collects the places of a table's blocks and lays out its {@link TableIndex}. <b>Used by one thread at a time.</b> */
final class IndexBuilder {
    private ByteBuffer rows = ByteBuffer.allocate(1024 * TableFormat.ROW_BYTES);
    private byte[] separators = new byte[16 << 10];
    private int separatorsLength;

    /** Where a block stands and what it holds. */
    record Place(long offset, int length, boolean continued, long minMain, long maxMain) {}

    int blocks() {
        return rows.position() / TableFormat.ROW_BYTES;
    }

    void add(Place place, SeparatorKey separator) {
        if (!rows.hasRemaining()) {
            rows = ByteBuffer.allocate(2 * rows.capacity()).put(rows.flip());
        }
        rows.putLong(place.offset())
                .putInt(separatorsLength)
                .putInt(place.length() | (place.continued() ? TableFormat.ROW_CONTINUED_FLAG : 0))
                .putLong(place.minMain())
                .putLong(place.maxMain());
        int length = separator.length();
        if (separators.length - separatorsLength < length) {
            separators = Arrays.copyOf(separators, Math.max(separatorsLength + length, 2 * separators.length));
        }
        System.arraycopy(separator.array(), 0, separators, separatorsLength, length);
        separatorsLength += length;
    }

    /** Returns the index, ready to be written. All separators begin with the bytes that the first and last key share. */
    ByteBuffer build(Bytes firstKey, Bytes lastKey) {
        byte[] last = lastKey.toByteArray();
        int mismatch = Arrays.mismatch(firstKey.toByteArray(), last);
        int shared = mismatch < 0 ? last.length : mismatch;
        int blocks = blocks();
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(
                TableIndex.HEAD_BYTES + (long) blocks * (Long.BYTES + TableFormat.ROW_BYTES) + separatorsLength));
        out.putInt(blocks).putInt(shared);
        for (int i = 0; i < blocks; i++) {
            int from = separatorOffset(i);
            int until = i + 1 < blocks ? separatorOffset(i + 1) : separatorsLength;
            out.putLong(Bytes.prefix64(separators, from + shared, until - from - shared));
        }
        return out.put(rows.flip()).put(separators, 0, separatorsLength).flip();
    }

    private int separatorOffset(int block) {
        return rows.getInt(block * TableFormat.ROW_BYTES + TableFormat.ROW_SEPARATOR);
    }
}
