package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import java.nio.ByteBuffer;

/**
 * The last bytes of a table: where its parts begin. Each part ends where the next begins, with its checksum.
 *
 * @param filter where the filter begins, and the blocks end
 * @param index where the index begins
 * @param properties where the properties begin
 * @param footer where the footer itself begins
 */
record TableFooter(long filter, long index, long properties, long footer) {
    ByteBuffer encode() {
        return ByteBuffer.allocate(TableFormat.FOOTER_BYTES - TableFormat.CHECKSUM_BYTES)
                .putLong(filter)
                .putLong(index)
                .putLong(properties)
                .putInt(TableFormat.FORMAT_VERSION)
                .putInt(TableFormat.FOOTER_MAGIC)
                .flip();
    }

    /** Reads the footer that stands at {@code offset}; its checksum was right. */
    static TableFooter decode(String file, long offset, ByteBuffer in) {
        TableFooter found = new TableFooter(in.getLong(), in.getLong(), in.getLong(), offset);
        int version = in.getInt();
        int magic = in.getInt();
        if (magic != TableFormat.FOOTER_MAGIC) {
            throw new FormatException(
                    file, "footer magic " + hex(magic), "footer magic " + hex(TableFormat.FOOTER_MAGIC));
        }
        if (version != TableFormat.FORMAT_VERSION) {
            throw new FormatException(
                    file,
                    "footer of format version " + Integer.toUnsignedString(version),
                    "format version " + TableFormat.FORMAT_VERSION);
        }
        boolean isOrdered = found.filter >= TableFormat.HEADER_BYTES
                && found.index - found.filter >= TableFormat.CHECKSUM_BYTES
                && found.properties - found.index >= TableFormat.CHECKSUM_BYTES
                && found.footer - found.properties >= TableFormat.CHECKSUM_BYTES
                && found.properties - found.filter <= Integer.MAX_VALUE;
        if (!isOrdered) {
            throw new CorruptionException(file, offset, "parts in their order", found.toString());
        }
        return found;
    }

    private static String hex(int magic) {
        return Integer.toHexString(magic);
    }
}
