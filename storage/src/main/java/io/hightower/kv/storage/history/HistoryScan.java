package io.hightower.kv.storage.history;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.file.FileHeader;
import io.hightower.kv.storage.run.VersionKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * One reading of a history file for people, whatever the file's name: without a manifest, and going on behind what is
 * damaged. <b>Used by one thread at a time.</b>
 */
public final class HistoryScan {
    private final DiskFile file;
    private final long length;
    private final Visitor visitor;

    /** Is told what stands in the file. */
    public interface Visitor {
        /** Names the file, as its header does. */
        void id(HistoryId id, long length);

        /** Says what the footer says, with the checksum of the bytes that are there. */
        void meta(HistoryMeta meta);

        /** Begins a block; its changes follow. */
        void block(int number, String facts);

        /** Shows a change. */
        void change(long main, int sub, VersionKind kind, Bytes key);

        /** Says that a part of the file is damaged. */
        void damage(CorruptionException damage);
    }

    private HistoryScan(DiskFile file, Visitor visitor) {
        this.file = file;
        this.length = file.length();
        this.visitor = visitor;
    }

    /**
     * Reads a file.
     *
     * @throws CorruptionException if the header is damaged: nothing else can be verified without it
     * @throws io.hightower.kv.statemachine.FormatException if it is no history file, or one of another release
     */
    public static void run(Disk disk, String fileName, Visitor visitor) {
        try (DiskFile file = disk.open(fileName)) {
            new HistoryScan(file, visitor).run();
        }
    }

    private void run() {
        HistoryId id = readHeader();
        visitor.id(id, length);
        SectionChecksum checksum = new SectionChecksum(id);
        List<Block> blocks;
        try {
            blocks = indexed(readFooter(id, checksum), checksum);
        } catch (CorruptionException e) {
            visitor.damage(e);
            blocks = walked();
        }
        for (int number = 0; number < blocks.size(); number++) {
            show(id, number, blocks.get(number));
        }
    }

    private HistoryId readHeader() {
        byte[] bytes = read(0, (int) Math.min(HistoryFormat.HEADER_BYTES, length));
        ByteBuffer header = ByteBuffer.wrap(bytes);
        Bytes origin = FileHeader.read(file.name(), header, HistoryFormat.KIND, HistoryFormat.FORMAT_VERSION);
        if (bytes.length < HistoryFormat.HEADER_BYTES) {
            throw damage(0, "a header of " + HistoryFormat.HEADER_BYTES + " bytes", bytes.length + " bytes");
        }
        long number = header.getLong();
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, HistoryFormat.HEADER_CHECKSUM_OFFSET);
        int found = header.getInt();
        if (found != (int) crc.getValue()) {
            throw damage(
                    HistoryFormat.HEADER_CHECKSUM_OFFSET,
                    SectionChecksum.text((int) crc.getValue()),
                    SectionChecksum.text(found));
        }
        if (number < 1 || number > HistoryId.NUMBER_MAX) {
            throw damage(FileHeader.BYTES, "the number of a file", Long.toString(number));
        }
        return new HistoryId(number, origin);
    }

    /** Where a block stands, and the entry that an index has for it. */
    private record Block(VersionKind kind, ByteBuffer entry) {
        long offset() {
            return entry.getLong(0);
        }
    }

    private record Index(long offset, int length) {}

    private Index readFooter(HistoryId id, SectionChecksum checksum) {
        long offset = length - HistoryFormat.FOOTER_BYTES;
        if (offset < HistoryFormat.HEADER_BYTES) {
            throw damage(length, "a footer", "the end of the file");
        }
        byte[] bytes = read(offset, HistoryFormat.FOOTER_BYTES);
        checksum.require(offset, bytes, bytes.length);
        ByteBuffer footer = ByteBuffer.wrap(bytes).position(Integer.BYTES);
        int indexLength = footer.getInt();
        Index index = new Index(footer.getLong(), indexLength);
        long completeFrom = footer.getLong();
        long firstMain = footer.getLong();
        footer.getInt();
        long lastMain = footer.getLong();
        footer.getInt();
        HistoryMeta meta;
        try {
            meta = new HistoryMeta(
                    id, length, wholeChecksum(), completeFrom, firstMain, lastMain, footer.getLong(), footer.getLong());
        } catch (IllegalArgumentException e) {
            throw damage(offset, "a footer whose parts fit together", String.valueOf(e.getMessage()));
        }
        visitor.meta(meta);
        if (index.length < HistoryFormat.INDEX_HEADER_BYTES || index.offset + index.length != offset) {
            throw damage(offset, "the index in front of the footer", "index at " + index.offset);
        }
        return index;
    }

    private List<Block> indexed(Index index, SectionChecksum checksum) {
        byte[] bytes = read(index.offset, index.length);
        checksum.require(index.offset, bytes, bytes.length);
        int valueBlocks = ByteBuffer.wrap(bytes).getInt(Integer.BYTES);
        List<Block> blocks = new ArrayList<>();
        int entries = (bytes.length - HistoryFormat.INDEX_HEADER_BYTES) / HistoryFormat.INDEX_ENTRY_BYTES;
        for (int i = 0; i < entries; i++) {
            int at = HistoryFormat.INDEX_HEADER_BYTES + i * HistoryFormat.INDEX_ENTRY_BYTES;
            VersionKind kind = i < valueBlocks ? VersionKind.VALUE : VersionKind.TOMBSTONE;
            blocks.add(new Block(kind, ByteBuffer.wrap(bytes).slice(at, HistoryFormat.INDEX_ENTRY_BYTES)));
        }
        blocks.sort(Comparator.comparingLong(Block::offset));
        return blocks;
    }

    /** Finds the blocks without the index: each says how long it is. Ends where that cannot be believed. */
    private List<Block> walked() {
        List<Block> blocks = new ArrayList<>();
        long offset = HistoryFormat.HEADER_BYTES;
        while (offset + HistoryFormat.BLOCK_HEADER_BYTES <= length) {
            ByteBuffer header = ByteBuffer.wrap(read(offset, HistoryFormat.BLOCK_HEADER_BYTES));
            int content = header.getInt(4);
            int kind = header.getInt(8);
            boolean plausible = content >= 2
                    && content <= HistoryFormat.BLOCK_CONTENT_BYTES_MAX
                    && content <= length - offset - HistoryFormat.BLOCK_HEADER_BYTES
                    && (kind == VersionKind.VALUE.code() || kind == VersionKind.TOMBSTONE.code());
            if (!plausible) {
                break;
            }
            ByteBuffer entry = ByteBuffer.allocate(HistoryFormat.INDEX_ENTRY_BYTES);
            int bytes = HistoryFormat.BLOCK_HEADER_BYTES + content;
            entry.putLong(offset).putInt(bytes).putInt(header.getInt(12));
            entry.putLong(header.getLong(16)).putInt(header.getInt(24));
            blocks.add(new Block(VersionKind.of(kind, file.name(), offset), entry.flip()));
            offset += bytes;
        }
        return blocks;
    }

    private void show(HistoryId id, int number, Block block) {
        BlockIndex single = new BlockIndex(block.kind, block.entry);
        visitor.block(
                number,
                "offset=" + block.offset() + " bytes=" + single.length(0) + " kind=" + block.kind + " changes="
                        + single.changes(0));
        try (BlockCursor changes = new BlockCursor(file, id, single, 0)) {
            single.require(file.name(), length, single.changes(0));
            while (changes.next()) {
                visitor.change(changes.main(), changes.sub(), changes.kind(), changes.key());
            }
        } catch (CorruptionException e) {
            visitor.damage(e);
        }
    }

    private byte[] read(long offset, int count) {
        byte[] bytes = new byte[count];
        int found = file.read(offset, ByteBuffer.wrap(bytes));
        if (found != count) {
            throw damage(offset, count + " bytes", "the end after " + found);
        }
        return bytes;
    }

    private long wholeChecksum() {
        CRC32C crc = new CRC32C();
        int chunk = 1 << 16;
        for (long at = 0; at < length; at += chunk) {
            crc.update(read(at, (int) Math.min(chunk, length - at)));
        }
        return crc.getValue();
    }

    private CorruptionException damage(long offset, String expected, String found) {
        return new CorruptionException(file.name(), offset, expected, found);
    }
}
