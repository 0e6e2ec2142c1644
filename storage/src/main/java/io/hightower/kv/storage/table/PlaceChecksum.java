package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.CorruptionException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * The checksum of a part of a table. It covers the table's id and the part's place in it, so that a part which the disk
 * returns from elsewhere is not taken for the one asked for. <b>Used by one thread at a time.</b>
 */
final class PlaceChecksum {
    private final CRC32C crc = new CRC32C();
    private final byte[] place;
    private final ByteBuffer placeView;
    private final int offsetAt;

    PlaceChecksum(TableId id) {
        int originBytes = id.originStoreId().length();
        place = new byte[originBytes + 2 * Long.BYTES];
        placeView = ByteBuffer.wrap(place);
        id.originStoreId().copyTo(place, 0);
        placeView.putLong(originBytes, id.number());
        offsetAt = originBytes + Long.BYTES;
    }

    /** Returns the checksum of {@code length} bytes that stand at {@code offset} in the file. */
    int of(long offset, byte[] bytes, int from, int length) {
        begin(offset);
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    /** Returns the checksum of a block: the bytes as stored, then the type and the plain length that follow them. */
    int ofBlock(long offset, byte[] bytes, int length, Compression type, int plainLength) {
        begin(offset);
        crc.update(bytes, 0, length);
        crc.update(type.code());
        for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            crc.update(plainLength >>> shift);
        }
        return (int) crc.getValue();
    }

    /** Returns the checksum of what is left of {@code bytes}, whose position moves to its limit. */
    int of(long offset, ByteBuffer bytes) {
        begin(offset);
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private void begin(long offset) {
        placeView.putLong(offsetAt, offset);
        crc.reset();
        crc.update(place, 0, place.length);
    }

    /** Throws, naming the place, unless the checksums are equal. */
    static void requireEqual(String file, long offset, int expected, int found) {
        if (expected != found) {
            throw new CorruptionException(file, offset, text(expected), text(found));
        }
    }

    private static String text(int checksum) {
        return "checksum " + String.format(Locale.ROOT, "%08x", checksum);
    }
}
