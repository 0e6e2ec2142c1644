package io.hightower.kv.storage.memory;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The CRC32C of a block, over the kind of the file, the number of the block, its type, its length and its content: a whole
 * block in a wrong place is as damaged as one with a flipped bit. <b>Used by one thread at a time.</b>
 */
final class BlockChecksum {
    private static final int PLACE_BYTES = Integer.BYTES + Long.BYTES + 2 * Integer.BYTES;

    private final int fileKind;
    private final ByteBuffer place = ByteBuffer.allocate(PLACE_BYTES);
    private final CRC32C crc = new CRC32C();

    BlockChecksum(int fileKind) {
        this.fileKind = fileKind;
    }

    int of(long blockNumber, int type, byte[] array, int from, int length) {
        place.clear().putInt(fileKind).putLong(blockNumber).putInt(type).putInt(length);
        crc.reset();
        crc.update(place.array(), 0, PLACE_BYTES);
        crc.update(array, from, length);
        return (int) crc.getValue();
    }

    /** Returns a checksum as messages show it. */
    static String text(int checksum) {
        return "crc32c " + Integer.toHexString(checksum);
    }
}
