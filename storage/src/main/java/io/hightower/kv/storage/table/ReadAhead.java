package io.hightower.kv.storage.table;

import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads several neighbouring blocks at once for a cursor that goes forward. The window grows with the distance, so that a
 * short scan reads little in vain and a long one asks the disk seldom. <b>Used by one thread at a time.</b>
 */
final class ReadAhead {
    private static final int BYTES_AT_FIRST = 32 << 10;
    private static final int BYTES_MAX = 256 << 10;

    private final DiskFile file;
    private final TableIndex index;
    private final BlockReader reader;
    private byte[] window = new byte[0];
    private long start;
    private int length;
    private int bytesNext;

    /** Makes an empty window that reads at most 32 KiB at first, or at once as much as ever. */
    ReadAhead(DiskFile file, TableIndex index, BlockReader reader, boolean isLong) {
        this.file = file;
        this.index = index;
        this.reader = reader;
        this.bytesNext = isLong ? BYTES_MAX : BYTES_AT_FIRST;
    }

    /** Returns a block that lives in the window: it is valid until the next call. */
    Block read(int block) {
        int from = moveTo(block);
        return reader.decode(block, window, from);
    }

    /** Returns a block with an array of its own. */
    Block readToKeep(int block) {
        int from = moveTo(block);
        return reader.decode(block, Arrays.copyOfRange(window, from, from + index.length(block)), 0);
    }

    /** Returns where the block begins in the window. */
    private int moveTo(int block) {
        long offset = index.offset(block);
        int bytes = index.length(block);
        if (offset < start || offset + bytes > start + length) {
            fill(block, offset, bytes);
        }
        return (int) (offset - start);
    }

    private void fill(int block, long offset, int bytes) {
        int wanted = bytes;
        for (int next = block + 1; next < index.blocks(); next++) {
            if (wanted + (long) index.length(next) > bytesNext) {
                break;
            }
            wanted += index.length(next);
        }
        length = 0;
        if (window.length < wanted || window.length > Math.max(BYTES_MAX, wanted)) {
            window = new byte[Math.max(wanted, bytesNext)];
        }
        BlockReader.readFully(file, offset, ByteBuffer.wrap(window, 0, wanted));
        start = offset;
        length = wanted;
        bytesNext = Math.min(BYTES_MAX, 2 * bytesNext);
    }
}
