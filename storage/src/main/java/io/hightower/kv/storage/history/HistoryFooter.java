package io.hightower.kv.storage.history;

import io.hightower.kv.statemachine.CorruptionException;
import java.nio.ByteBuffer;

/**
 * The end of a history file: where the index is, and what the file holds. <b>Immutable.</b>
 *
 * @param indexOffset where the index begins
 * @param indexLength its length in bytes
 * @param completeFrom see {@link HistoryMeta#completeFrom}
 * @param firstMain main revision of the first change
 * @param firstSub its sub-revision
 * @param lastMain main revision of the last change
 * @param lastSub its sub-revision
 * @param values the number of changes that left a value behind
 * @param tombstones the number of changes that left a tombstone behind
 */
record HistoryFooter(
        long indexOffset,
        int indexLength,
        long completeFrom,
        long firstMain,
        int firstSub,
        long lastMain,
        int lastSub,
        long values,
        long tombstones) {
    ByteBuffer encode(long offset, SectionChecksum checksum) {
        ByteBuffer footer = ByteBuffer.allocate(HistoryFormat.FOOTER_BYTES);
        footer.putInt(0).putInt(indexLength).putLong(indexOffset).putLong(completeFrom);
        footer.putLong(firstMain).putInt(firstSub).putLong(lastMain).putInt(lastSub);
        footer.putLong(values).putLong(tombstones).putLong(HistoryFormat.END_MARK);
        checksum.put(offset, footer.array(), HistoryFormat.FOOTER_BYTES);
        return footer.flip();
    }

    /** Reads a footer and checks it against what the caller knows of the file. */
    static HistoryFooter decode(byte[] bytes, HistoryMeta meta, SectionChecksum checksum) {
        long offset = meta.length() - HistoryFormat.FOOTER_BYTES;
        checksum.require(offset, bytes, HistoryFormat.FOOTER_BYTES);
        ByteBuffer source = ByteBuffer.wrap(bytes).position(Integer.BYTES);
        int indexLength = source.getInt();
        HistoryFooter footer = new HistoryFooter(
                source.getLong(),
                indexLength,
                source.getLong(),
                source.getLong(),
                source.getInt(),
                source.getLong(),
                source.getInt(),
                source.getLong(),
                source.getLong());
        long endMark = source.getLong();
        String file = meta.fileName();
        if (endMark != HistoryFormat.END_MARK) {
            throw new CorruptionException(file, offset, "the end mark", Long.toHexString(endMark));
        }
        if (footer.indexOffset < HistoryFormat.HEADER_BYTES || footer.indexOffset + indexLength != offset) {
            throw new CorruptionException(
                    file, offset, "the index in front of the footer", "index at " + footer.indexOffset);
        }
        footer.requireDescribedBy(meta, offset);
        return footer;
    }

    private void requireDescribedBy(HistoryMeta meta, long offset) {
        boolean described = completeFrom == meta.completeFrom()
                && firstMain == meta.firstMain()
                && lastMain == meta.lastMain()
                && values == meta.values()
                && tombstones == meta.tombstones();
        if (!described) {
            throw new CorruptionException(meta.fileName(), offset, meta.toString(), toString());
        }
    }
}
