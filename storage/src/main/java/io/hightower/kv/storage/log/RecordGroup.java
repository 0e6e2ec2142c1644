package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import java.nio.ByteBuffer;

/**
 * Records that are written together, in one buffer that is used again and again. They are sealed when their place is known:
 * the checksum covers it. <b>Used by one thread at a time.</b>
 */
final class RecordGroup {
    private static final int BYTES_AT_FIRST = 8 << 10;

    /** A larger buffer is given back after use: one large group should not cost its memory for ever. */
    private static final int BYTES_KEPT_MAX = 4 << 20;

    /** Most bytes of a group: what fits into an array, with room to spare. */
    private static final int BYTES_MAX = 1 << 30;

    private ByteBuffer buffer;
    private int count;

    RecordGroup(int bytesAtFirst) {
        buffer = ByteBuffer.allocate(bytesAtFirst);
    }

    static RecordGroup ofEntries() {
        return new RecordGroup(BYTES_AT_FIRST);
    }

    static RecordGroup ofOneMark() {
        return new RecordGroup(LogFormat.RECORD_HEADER_BYTES);
    }

    /** Tells whether an entry of that length can be added. */
    boolean hasRoomFor(int payloadBytes) {
        return (long) buffer.position() + LogFormat.RECORD_HEADER_BYTES + payloadBytes <= BYTES_MAX;
    }

    void addEntry(long index, Bytes payload) {
        add(LogFormat.ENTRY_MAGIC, index, payload);
    }

    void addMark(long lastIndex) {
        add(LogFormat.MARK_MAGIC, lastIndex, Bytes.EMPTY);
    }

    private void add(int magic, long index, Bytes payload) {
        int needed = LogFormat.RECORD_HEADER_BYTES + payload.length();
        if (buffer.remaining() < needed) {
            grow(needed);
        }
        buffer.putInt(magic).putInt(0).putInt(payload.length()).putLong(0).putLong(index);
        payload.copyTo(buffer.array(), buffer.position());
        buffer.position(buffer.position() + payload.length());
        count++;
    }

    private void grow(int needed) {
        int capacity = (int) Math.min(BYTES_MAX, Math.max(buffer.position() + (long) needed, 2L * buffer.capacity()));
        ByteBuffer larger = ByteBuffer.allocate(capacity);
        larger.put(buffer.flip());
        buffer = larger;
    }

    /** Completes the records for their place in a segment and returns them, ready to be written. */
    ByteBuffer seal(RecordChecksum checksum, long offset, long syncedUpTo) {
        int at = 0;
        while (at < buffer.position()) {
            int length = buffer.getInt(at + LogFormat.LENGTH_OFFSET);
            buffer.putLong(at + LogFormat.SYNCED_OFFSET, syncedUpTo);
            int value = checksum.begin(offset + at, buffer, at)
                    .payload(buffer.array(), at + LogFormat.RECORD_HEADER_BYTES, length)
                    .value();
            buffer.putInt(at + LogFormat.CHECKSUM_OFFSET, value);
            at += LogFormat.RECORD_HEADER_BYTES + length;
        }
        return buffer.duplicate().flip();
    }

    int count() {
        return count;
    }

    int bytes() {
        return buffer.position();
    }

    boolean isEmpty() {
        return count == 0;
    }

    void clear() {
        count = 0;
        if (buffer.capacity() > BYTES_KEPT_MAX) {
            buffer = ByteBuffer.allocate(BYTES_AT_FIRST);
        } else {
            buffer.clear();
        }
    }
}
