package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.file.FileHeader;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The CRC32C of the records of one segment. It covers the record without the checksum itself, and where the record belongs:
 * store, epoch, offset. Every use of every segment file has an epoch of its own. So a record that was written to a wrong
 * place, or left over from another file or a former use of this one, never passes.
 * <b>Used by one thread at a time.</b>
 */
final class RecordChecksum {
    private static final int OFFSET_AT = FileHeader.STORE_ID_BYTES + Long.BYTES;
    private static final int MAGIC_AT = OFFSET_AT + Long.BYTES;

    /** What is covered but not stored in the record, then the record's magic. */
    private final ByteBuffer place = ByteBuffer.allocate(MAGIC_AT + Integer.BYTES);

    private final CRC32C crc = new CRC32C();

    RecordChecksum(Bytes storeId, long epoch) {
        place.put(storeId.asByteBuffer());
        place.putLong(epoch);
    }

    /** Begins a record at {@code offset} in the segment; {@code headers} holds its header from {@code at} on. */
    RecordChecksum begin(long offset, ByteBuffer headers, int at) {
        place.putLong(OFFSET_AT, offset);
        place.putInt(MAGIC_AT, headers.getInt(at));
        crc.reset();
        crc.update(place.array());
        crc.update(
                headers.array(),
                headers.arrayOffset() + at + LogFormat.LENGTH_OFFSET,
                LogFormat.RECORD_HEADER_BYTES - LogFormat.LENGTH_OFFSET);
        return this;
    }

    /** Adds a part of the payload. */
    RecordChecksum payload(byte[] bytes, int from, int count) {
        crc.update(bytes, from, count);
        return this;
    }

    int value() {
        return (int) crc.getValue();
    }
}
