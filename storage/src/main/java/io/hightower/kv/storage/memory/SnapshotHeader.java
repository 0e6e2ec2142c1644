package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.LogPosition;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The first bytes of a snapshot: what it is, whose it is, and up to where in the log it reaches. <b>Immutable.</b>
 *
 * @param storeId the store that the file belongs to
 * @param position the last log entry contained; it wins over the position in the footer
 */
record SnapshotHeader(UUID storeId, LogPosition position) {
    byte[] encode() {
        ByteBuffer target = ByteBuffer.allocate(SnapshotFormat.HEADER_BYTES);
        target.putInt(SnapshotFormat.MAGIC);
        target.putInt(SnapshotFormat.KIND);
        target.putInt(SnapshotFormat.FORMAT_VERSION);
        target.putLong(storeId.getMostSignificantBits());
        target.putLong(storeId.getLeastSignificantBits());
        target.putLong(position.term());
        target.putLong(position.index());
        target.putInt(checksum(target.array()));
        return target.array();
    }

    /**
     * Decodes a header.
     *
     * @param file names the bytes in errors
     * @throws FormatException if this is not a snapshot, or one of another format version
     * @throws CorruptionException if it is damaged
     */
    static SnapshotHeader decode(String file, byte[] encoded) {
        ByteBuffer source = ByteBuffer.wrap(encoded);
        requireFormat(file, source.getInt(), source.getInt(), source.getInt());
        UUID storeId = new UUID(source.getLong(), source.getLong());
        long term = source.getLong();
        long index = source.getLong();
        int stored = source.getInt();
        int computed = checksum(encoded);
        if (stored != computed) {
            throw new CorruptionException(
                    file,
                    SnapshotFormat.HEADER_CHECKSUM_OFFSET,
                    BlockChecksum.text(computed),
                    BlockChecksum.text(stored));
        }
        if (term < 0 || index < 0) {
            throw new CorruptionException(
                    file, SnapshotFormat.HEADER_TERM_OFFSET, "a log position", "term=" + term + " index=" + index);
        }
        return new SnapshotHeader(storeId, new LogPosition(term, index));
    }

    private static void requireFormat(String file, int magic, int kind, int version) {
        if (magic != SnapshotFormat.MAGIC || kind != SnapshotFormat.KIND) {
            throw new FormatException(
                    file,
                    SnapshotFormat.text(magic) + " " + SnapshotFormat.text(kind),
                    SnapshotFormat.text(SnapshotFormat.MAGIC) + " " + SnapshotFormat.text(SnapshotFormat.KIND));
        }
        if (version != SnapshotFormat.FORMAT_VERSION) {
            throw new FormatException(
                    file, "version " + Integer.toUnsignedString(version), "version " + SnapshotFormat.FORMAT_VERSION);
        }
    }

    private static int checksum(byte[] encoded) {
        CRC32C crc = new CRC32C();
        crc.update(encoded, 0, SnapshotFormat.HEADER_CHECKSUM_OFFSET);
        return (int) crc.getValue();
    }
}
