package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.file.FileHeader;
import java.nio.ByteBuffer;

/**
 * Everything of a table but its blocks, read once and verified. <b>Immutable.</b>
 *
 * @param id the id in the header
 * @param length the file's length in bytes
 * @param footer where the parts begin
 * @param properties what the table says about itself
 * @param index where its blocks stand
 * @param filter which keys it certainly lacks
 * @param memoryBytes the bytes that index and filter take outside of the heap
 */
record TableContent(
        TableId id,
        long length,
        TableFooter footer,
        TableProperties properties,
        TableIndex index,
        Filter filter,
        long memoryBytes) {

    /** Reads it from an open file. */
    static TableContent read(DiskFile file) {
        long length = file.length();
        long least = TableFormat.HEADER_BYTES + TableFormat.FOOTER_BYTES;
        if (length < least) {
            throw new CorruptionException(file.name(), 0, "at least " + least + " bytes", length + " bytes");
        }
        TableId id = readHeader(file);
        Parts parts = new Parts(file, id);
        long footerAt = length - TableFormat.FOOTER_BYTES;
        TableFooter footer = TableFooter.decode(file.name(), footerAt, parts.read(footerAt, length, false));
        TableProperties properties = TableProperties.decode(
                file.name(), footer.properties(), parts.read(footer.properties(), footer.footer(), false));
        ByteBuffer index = parts.read(footer.index(), footer.properties(), true);
        ByteBuffer filter = parts.read(footer.filter(), footer.index(), true);
        return new TableContent(
                id,
                length,
                footer,
                properties,
                new TableIndex(file.name(), footer.index(), index),
                new Filter(filter, properties.filterProbes()),
                (long) index.limit() + filter.limit());
    }

    static TableId readHeader(DiskFile file) {
        ByteBuffer header = ByteBuffer.allocate(TableFormat.HEADER_BYTES);
        BlockReader.readFully(file, 0, header);
        header.flip();
        Bytes origin = FileHeader.read(file.name(), header, TableFormat.KIND, TableFormat.FORMAT_VERSION);
        long number = header.getLong();
        if (number < 1 || number > TableId.NUMBER_MAX) {
            throw new CorruptionException(file.name(), FileHeader.BYTES, "a table's number", Long.toString(number));
        }
        TableId id = new TableId(number, origin);
        int covered = TableFormat.HEADER_BYTES - TableFormat.CHECKSUM_BYTES;
        int expected = new PlaceChecksum(id).of(0, header.array(), 0, covered);
        PlaceChecksum.requireEqual(file.name(), 0, expected, header.getInt());
        return id;
    }

    /** Throws unless the file is what the manifest says. Its checksum over everything is not looked at here. */
    void requireMatches(TableMeta meta) {
        TableMeta found = properties.meta(id, length, meta.checksum());
        if (!found.equals(meta)) {
            throw new CorruptionException(meta.fileName(), footer.properties(), meta.toString(), found.toString());
        }
    }

    /** Reads parts of one table that end with their checksum. */
    static final class Parts {
        private static final int CACHE_LINE_BYTES = 64;

        private final DiskFile file;
        private final PlaceChecksum place;

        Parts(DiskFile file, TableId id) {
            this.file = file;
            this.place = new PlaceChecksum(id);
        }

        /** Returns what stands between the offsets, without the checksum, which was right. */
        ByteBuffer read(long from, long until, boolean offHeap) {
            int bytes = (int) (until - from) - TableFormat.CHECKSUM_BYTES;
            ByteBuffer content = offHeap ? aligned(bytes) : ByteBuffer.allocate(bytes);
            BlockReader.readFully(file, from, content);
            ByteBuffer checksum = ByteBuffer.allocate(TableFormat.CHECKSUM_BYTES);
            BlockReader.readFully(file, from + bytes, checksum);
            content.flip();
            PlaceChecksum.requireEqual(file.name(), from, place.of(from, content.duplicate()), checksum.getInt(0));
            return content;
        }

        /** So that a line of the filter is a line of the processor's cache. */
        private static ByteBuffer aligned(int bytes) {
            ByteBuffer larger = ByteBuffer.allocateDirect(bytes + CACHE_LINE_BYTES);
            int before = larger.alignmentOffset(0, CACHE_LINE_BYTES);
            return larger.slice((CACHE_LINE_BYTES - before) % CACHE_LINE_BYTES, bytes);
        }
    }
}
