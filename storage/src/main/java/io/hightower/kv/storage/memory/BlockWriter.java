package io.hightower.kv.storage.memory;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Writes numbered blocks, each behind its length, type and checksum. The content of one block at a time is in memory.
 * <b>Used by one thread at a time.</b>
 */
final class BlockWriter {
    private final OutputStream target;
    private final BlockChecksum checksum;
    private final CRC32C contentCrc = new CRC32C();

    /** The block being filled, with room for its header in front. */
    private byte[] block = new byte[SnapshotFormat.BLOCK_HEADER_BYTES + SnapshotFormat.BLOCK_CONTENT_BYTES];

    private int length;
    private long blocks;
    private long contentBytes;
    private long bytesWritten;

    BlockWriter(OutputStream target, int fileKind) {
        this.target = target;
        this.checksum = new BlockChecksum(fileKind);
    }

    /** Appends an item behind its length to a block of that type; the block before it is written out if it is full. */
    void append(int type, byte[] item) throws IOException {
        int added = Integer.BYTES + item.length;
        if (length > 0 && length + added > SnapshotFormat.BLOCK_CONTENT_BYTES) {
            flush(type);
        }
        int start = SnapshotFormat.BLOCK_HEADER_BYTES + length;
        if (start + added > block.length) {
            block = Arrays.copyOf(block, start + added);
        }
        ByteBuffer.wrap(block, start, added).putInt(item.length).put(item);
        length += added;
    }

    /** Writes out the block being filled, if there is anything in it. */
    void flush(int type) throws IOException {
        if (length == 0) {
            return;
        }
        int crc = checksum.of(blocks, type, block, SnapshotFormat.BLOCK_HEADER_BYTES, length);
        ByteBuffer.wrap(block).putInt(length).putInt(type).putInt(crc);
        contentCrc.update(block, SnapshotFormat.BLOCK_HEADER_BYTES, length);
        target.write(block, 0, SnapshotFormat.BLOCK_HEADER_BYTES + length);
        contentBytes += length;
        bytesWritten += SnapshotFormat.BLOCK_HEADER_BYTES + length;
        blocks++;
        length = 0;
    }

    /** Returns the bytes of content in all blocks written out. */
    long contentBytes() {
        return contentBytes;
    }

    /** Returns the CRC32C over the content of all blocks written out. */
    int contentCrc() {
        return (int) contentCrc.getValue();
    }

    /** Returns the bytes written out, headers included. */
    long bytesWritten() {
        return bytesWritten;
    }
}
