package io.hightower.kv.storage.history;

import io.hightower.kv.statemachine.CorruptionException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * The CRC32C of a section of a history file (block, index, footer), over the file's origin and number, the section's offset,
 * and the section behind its checksum: whole bytes in a wrong place are as damaged as flipped ones. <b>Used by one thread at
 * a time.</b>
 */
final class SectionChecksum {
    private static final int PLACE_BYTES = 16 + 2 * Long.BYTES;

    private final String file;
    private final ByteBuffer place = ByteBuffer.allocate(PLACE_BYTES);
    private final CRC32C crc = new CRC32C();

    SectionChecksum(HistoryId id) {
        this.file = id.fileName();
        place.put(id.originStoreId().asByteBuffer()).putLong(id.number());
    }

    /** Computes the checksum of the section in {@code array} from {@code from} on, which begins with four bytes for it. */
    private int of(long offset, byte[] array, int from, int length) {
        place.putLong(PLACE_BYTES - Long.BYTES, offset);
        crc.reset();
        crc.update(place.array(), 0, PLACE_BYTES);
        crc.update(array, from + Integer.BYTES, length - Integer.BYTES);
        return (int) crc.getValue();
    }

    /** Puts the checksum in front of a section that will stand at {@code offset} of the file. */
    void put(long offset, byte[] array, int length) {
        ByteBuffer.wrap(array).putInt(0, of(offset, array, 0, length));
    }

    /** Verifies a section that stood at {@code offset} of the file. */
    void require(long offset, byte[] array, int length) {
        int expected = of(offset, array, 0, length);
        int found = ByteBuffer.wrap(array).getInt(0);
        if (found != expected) {
            throw new CorruptionException(file, offset, text(expected), text(found));
        }
    }

    static String text(int checksum) {
        return "checksum " + String.format(Locale.ROOT, "%08x", checksum);
    }
}
