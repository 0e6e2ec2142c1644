package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.CorruptionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Reads what {@link BlockWriter} wrote, and refuses every block that is not as it was written. Keeps account of the offset for
 * error messages. <b>Used by one thread at a time.</b>
 */
final class BlockReader {
    private final String file;
    private final InputStream source;
    private final BlockChecksum checksum;
    private final CRC32C contentCrc = new CRC32C();
    private long contentBytes;
    private long blocks;
    private long offset;

    BlockReader(String file, InputStream source, int fileKind) {
        this.file = file;
        this.source = source;
        this.checksum = new BlockChecksum(fileKind);
    }

    /**
     * The content of one block, proven whole.
     *
     * @param type says what the content is
     * @param offset where in the file the content begins
     * @param content the items, each behind its length
     */
    record Block(int type, long offset, ByteBuffer content) {}

    /** Reads the next block. */
    Block next() throws IOException {
        long start = offset;
        ByteBuffer header = ByteBuffer.wrap(exactly(SnapshotFormat.BLOCK_HEADER_BYTES));
        int length = header.getInt();
        int type = header.getInt();
        int stored = header.getInt();
        if (length <= 0 || length > SnapshotFormat.BLOCK_CONTENT_BYTES_MAX) {
            throw damage(
                    start,
                    "a length of 1 to " + SnapshotFormat.BLOCK_CONTENT_BYTES_MAX,
                    "length " + Integer.toUnsignedString(length));
        }
        long contentOffset = offset;
        byte[] content = exactly(length);
        int computed = checksum.of(blocks, type, content, 0, length);
        if (stored != computed) {
            throw damage(start, BlockChecksum.text(computed), BlockChecksum.text(stored));
        }
        blocks++;
        return new Block(type, contentOffset, ByteBuffer.wrap(content));
    }

    /** Counts a block, of which nothing was taken yet, among those that {@link #contentBytes} and {@link #contentCrc} are about. */
    void count(Block block) {
        contentBytes += block.content().limit();
        contentCrc.update(block.content().duplicate());
    }

    long contentBytes() {
        return contentBytes;
    }

    int contentCrc() {
        return (int) contentCrc.getValue();
    }

    /** Takes the next item out of a block. */
    byte[] item(Block block) {
        ByteBuffer content = block.content();
        int place = content.position();
        if (content.remaining() < Integer.BYTES) {
            throw damage(block.offset() + place, "the length of an item", content.remaining() + " bytes");
        }
        int length = content.getInt();
        if (length < 0 || length > content.remaining()) {
            throw damage(
                    block.offset() + place,
                    "at most " + content.remaining() + " bytes",
                    "length " + Integer.toUnsignedString(length));
        }
        byte[] item = new byte[length];
        content.get(item);
        return item;
    }

    /** Reads so many bytes that are in no block. Takes no memory for bytes that are not there. */
    byte[] exactly(int length) throws IOException {
        byte[] read = source.readNBytes(length);
        if (read.length < length) {
            throw damage(offset, length + " bytes", "the end after " + read.length);
        }
        offset += length;
        return read;
    }

    /** Checks that nothing follows. */
    void requireEnd() throws IOException {
        if (source.read() >= 0) {
            throw damage(offset, "the end", "more bytes");
        }
    }

    long offset() {
        return offset;
    }

    CorruptionException damage(long at, String expected, String found) {
        return new CorruptionException(file, at, expected, found);
    }
}
