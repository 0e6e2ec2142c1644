package io.hightower.kv.storage.history;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.file.FileHeader;
import io.hightower.kv.storage.run.VersionKind;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A finished history file, open for reading.
 *
 * <p>Opening reads header, index and footer; blocks are read, and proven by their checksums, as cursors come to them. A
 * cursor costs memory for two blocks. <b>Threads.</b> Thread-safe. <b>Lifetime.</b> The index stays in memory; cursors must
 * not be moved after the file was closed. <b>Failure.</b> {@link CorruptionException} if the bytes are not what was written.
 */
public final class HistoryFile implements ChangeSource, AutoCloseable {
    private static final int WINDOW_BYTES = 64 << 10;

    private final HistoryMeta meta;
    private final DiskFile file;
    private final HistoryFooter footer;
    private final BlockIndex values;
    private final BlockIndex tombstones;

    private HistoryFile(HistoryMeta meta, DiskFile file) {
        this.meta = meta;
        this.file = file;
        SectionChecksum checksum = new SectionChecksum(meta.id());
        requireHeader();
        byte[] footerBytes = read(meta.length() - HistoryFormat.FOOTER_BYTES, HistoryFormat.FOOTER_BYTES);
        this.footer = HistoryFooter.decode(footerBytes, meta, checksum);
        byte[] index = read(footer.indexOffset(), footer.indexLength());
        checksum.require(footer.indexOffset(), index, index.length);
        ByteBuffer counts = ByteBuffer.wrap(index, Integer.BYTES, 2 * Integer.BYTES);
        int valueBlocks = counts.getInt();
        int tombstoneBlocks = counts.getInt();
        int entries = (index.length - HistoryFormat.INDEX_HEADER_BYTES) / HistoryFormat.INDEX_ENTRY_BYTES;
        if (valueBlocks < 0 || tombstoneBlocks < 0 || (long) valueBlocks + tombstoneBlocks != entries) {
            throw damage(footer.indexOffset(), entries + " blocks", valueBlocks + " and " + tombstoneBlocks);
        }
        int valuesBytes = valueBlocks * HistoryFormat.INDEX_ENTRY_BYTES;
        int tombstonesBytes = tombstoneBlocks * HistoryFormat.INDEX_ENTRY_BYTES;
        ByteBuffer body = ByteBuffer.wrap(index);
        this.values = new BlockIndex(VersionKind.VALUE, body.slice(HistoryFormat.INDEX_HEADER_BYTES, valuesBytes));
        this.tombstones = new BlockIndex(
                VersionKind.TOMBSTONE, body.slice(HistoryFormat.INDEX_HEADER_BYTES + valuesBytes, tombstonesBytes));
        values.require(meta.fileName(), footer.indexOffset(), footer.values());
        tombstones.require(meta.fileName(), footer.indexOffset(), footer.tombstones());
        requireNoGaps();
        requireFirst();
    }

    /** Opens a file and verifies that it is the one that {@code meta} describes, except for the content of its blocks. */
    public static HistoryFile open(Disk disk, HistoryMeta meta) {
        if (!disk.exists(meta.fileName())) {
            throw new CorruptionException(meta.fileName(), 0, meta.length() + " bytes", "no file");
        }
        DiskFile file = disk.open(meta.fileName());
        try {
            return new HistoryFile(meta, file);
        } catch (StorageException e) {
            file.close();
            throw e;
        }
    }

    private void requireHeader() {
        long lengthFound = file.length();
        ByteBuffer header = ByteBuffer.allocate(HistoryFormat.HEADER_BYTES);
        file.read(0, header);
        Bytes origin =
                FileHeader.read(meta.fileName(), header.flip(), HistoryFormat.KIND, HistoryFormat.FORMAT_VERSION);
        if (lengthFound != meta.length()) {
            throw damage(Math.min(lengthFound, meta.length()), meta.length() + " bytes", lengthFound + " bytes");
        }
        if (header.remaining() < HistoryFormat.HEADER_BYTES - FileHeader.BYTES) {
            throw endsEarly(0, HistoryFormat.HEADER_BYTES);
        }
        long number = header.getLong();
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, HistoryFormat.HEADER_CHECKSUM_OFFSET);
        int found = header.getInt();
        if (found != (int) crc.getValue()) {
            throw damage(
                    HistoryFormat.HEADER_CHECKSUM_OFFSET,
                    SectionChecksum.text((int) crc.getValue()),
                    SectionChecksum.text(found));
        }
        if (!origin.equals(meta.id().originStoreId()) || number != meta.id().number()) {
            throw damage(FileHeader.STORE_ID_OFFSET, "the file " + meta.id(), "file " + number + " of store " + origin);
        }
    }

    /** Every byte between header and index belongs to a block: merge the two lists by offset. */
    private void requireNoGaps() {
        long offset = HistoryFormat.HEADER_BYTES;
        int value = 0;
        int tombstone = 0;
        while (offset != footer.indexOffset()) {
            if (value < values.blocks() && values.offset(value) == offset) {
                offset += values.length(value++);
            } else if (tombstone < tombstones.blocks() && tombstones.offset(tombstone) == offset) {
                offset += tombstones.length(tombstone++);
            } else {
                throw damage(offset, "a block", "none in the index");
            }
        }
        if (value != values.blocks() || tombstone != tombstones.blocks()) {
            throw damage(offset, "the last block", "more blocks in the index");
        }
    }

    /** The footer says where the changes begin; so does the first block of one kind or the other. */
    private void requireFirst() {
        boolean isValue = isFirst(values);
        if (isValue == isFirst(tombstones)) {
            throw damage(
                    footer.indexOffset(), "first revision " + footer.firstMain() + "." + footer.firstSub(), "another");
        }
    }

    private boolean isFirst(BlockIndex index) {
        return index.blocks() > 0 && index.firstMain(0) == footer.firstMain() && index.firstSub(0) == footer.firstSub();
    }

    private byte[] read(long offset, int count) {
        byte[] bytes = new byte[count];
        if (file.read(offset, ByteBuffer.wrap(bytes)) != count) {
            throw endsEarly(offset, count);
        }
        return bytes;
    }

    private StorageException endsEarly(long offset, int wanted) {
        return new StorageException("A file ends before its length: file=" + meta.fileName() + " length="
                + meta.length() + " offset=" + offset + " wanted=" + wanted);
    }

    private CorruptionException damage(long offset, String expected, String found) {
        return new CorruptionException(meta.fileName(), offset, expected, found);
    }

    /** Returns what the file holds. */
    public HistoryMeta meta() {
        return meta;
    }

    /** Returns the bytes that the file takes in memory while it is open. */
    public long memoryBytes() {
        return footer.indexLength();
    }

    @Override
    public ChangeCursor from(long main, ChangeSelection selection) {
        boolean wantsValues = selection == ChangeSelection.ALL && main <= meta.lastMain();
        if (wantsValues && Math.max(main, meta.firstMain()) < meta.completeFrom()) {
            throw new IllegalArgumentException("The file does not hold all these changes any more: file="
                    + meta.fileName() + " from=" + main + " completeFrom=" + meta.completeFrom());
        }
        return selection == ChangeSelection.ALL ? everythingFrom(main) : cursor(tombstones, main);
    }

    /** Opens a cursor over all that is in the file, complete or not, of main revision {@code main} and later. */
    ChangeCursor everythingFrom(long main) {
        return new InterleavingCursor(meta.fileName(), cursor(values, main), cursor(tombstones, main));
    }

    private BlockCursor cursor(BlockIndex index, long main) {
        return new BlockCursor(file, meta.id(), index, main);
    }

    /**
     * Reads the whole file twice: once for the checksum of its bytes, once change by change.
     *
     * @throws CorruptionException naming the first place that is not as it was written
     */
    public void verify() {
        requireWholeChecksum();
        long values = 0;
        long tombstones = 0;
        long main = 0;
        int sub = 0;
        try (ChangeCursor changes = everythingFrom(0)) {
            while (changes.next()) {
                main = changes.main();
                sub = changes.sub();
                values += changes.kind() == VersionKind.VALUE ? 1 : 0;
                tombstones += changes.kind() == VersionKind.TOMBSTONE ? 1 : 0;
            }
        }
        boolean asFooter = main == footer.lastMain()
                && sub == footer.lastSub()
                && values == footer.values()
                && tombstones == footer.tombstones();
        if (!asFooter) {
            throw damage(
                    footer.indexOffset() + footer.indexLength(),
                    footer.toString(),
                    "last revision " + main + "." + sub + " values " + values + " tombstones " + tombstones);
        }
    }

    private void requireWholeChecksum() {
        CRC32C crc = new CRC32C();
        ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
        for (long offset = 0; offset < meta.length(); offset += WINDOW_BYTES) {
            window.clear().limit((int) Math.min(WINDOW_BYTES, meta.length() - offset));
            int wanted = window.limit();
            if (file.read(offset, window) != wanted) {
                throw endsEarly(offset, wanted);
            }
            crc.update(window.flip());
        }
        if (crc.getValue() != meta.checksum()) {
            throw damage(0, SectionChecksum.text((int) meta.checksum()), SectionChecksum.text((int) crc.getValue()));
        }
    }

    /** Closes the file. Idempotent. */
    @Override
    public void close() {
        file.close();
    }
}
