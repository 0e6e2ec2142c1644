package io.hightower.kv.storage.history;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.run.VersionKind;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Moves over the changes of one kind in a file, block by block. What it returns was proven by the block's checksum.
 * <b>Used by one thread at a time.</b> Closing it lets go of nothing: the file is not its own.
 */
final class BlockCursor implements ChangeCursor {
    private final DiskFile file;
    private final BlockIndex index;
    private final SectionChecksum checksum;
    private final long from;

    private byte[] block = new byte[0];
    private int blockNumber;
    private int position;
    private int end;
    private int changesLeft;
    private long main;
    private int sub = -1;
    private int keyOffset;
    private int keyLength;

    /** Makes a cursor over changes of main revision {@code from} and later. */
    BlockCursor(DiskFile file, HistoryId id, BlockIndex index, long from) {
        this.file = file;
        this.index = index;
        this.checksum = new SectionChecksum(id);
        this.from = from;
        this.blockNumber = index.blockBefore(from) - 1;
    }

    @Override
    public boolean next() {
        while (true) {
            if (changesLeft > 0) {
                readFollowing();
            } else if (blockNumber + 1 < index.blocks()) {
                blockNumber++;
                load();
                readFirst();
            } else {
                return false;
            }
            if (main >= from) {
                return true;
            }
        }
    }

    private void load() {
        int length = index.length(blockNumber);
        if (block.length < length) {
            block = new byte[Math.max(length, HistoryFormat.BLOCK_HEADER_BYTES + HistoryFormat.BLOCK_CONTENT_BYTES)];
        }
        long offset = index.offset(blockNumber);
        int count = file.read(offset, ByteBuffer.wrap(block, 0, length));
        if (count != length) {
            throw new StorageException("A file ends before its length: file=" + file.name() + " offset=" + offset
                    + " wanted=" + length + " read=" + count);
        }
        checksum.require(offset, block, length);
        ByteBuffer header = ByteBuffer.wrap(block, Integer.BYTES, HistoryFormat.BLOCK_HEADER_BYTES - Integer.BYTES);
        boolean asIndexed = header.getInt() == length - HistoryFormat.BLOCK_HEADER_BYTES
                && header.getInt() == index.kind().code()
                && header.getInt() == index.changes(blockNumber)
                && header.getLong() == index.firstMain(blockNumber)
                && header.getInt() == index.firstSub(blockNumber);
        if (!asIndexed) {
            throw damage("the block that the index describes", "another");
        }
        position = HistoryFormat.BLOCK_HEADER_BYTES;
        end = length;
        changesLeft = index.changes(blockNumber);
    }

    private void readFirst() {
        moveTo(index.firstMain(blockNumber), index.firstSub(blockNumber));
    }

    private void readFollowing() {
        long mainStep = varint();
        long subStep = varint();
        if (mainStep == 0) {
            moveTo(main, sub + subStep);
        } else {
            moveTo(main + mainStep, subStep);
        }
    }

    private void moveTo(long newMain, long newSub) {
        boolean ascends = newMain > main || (newMain == main && newSub > sub);
        if (!ascends || newSub < 0 || newSub > Integer.MAX_VALUE) {
            throw damage("a revision after " + main + "." + sub, newMain + "." + newSub);
        }
        long length = varint();
        if (length < 1 || length > Limits.KEY_BYTES_MAX || length > end - position) {
            throw damage("the length of a key", Long.toUnsignedString(length));
        }
        main = newMain;
        sub = (int) newSub;
        keyOffset = position;
        keyLength = (int) length;
        position += keyLength;
        changesLeft--;
        if (changesLeft == 0 && position != end) {
            throw damage("the end of the block", (end - position) + " bytes more");
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (position == end) {
                throw damage("a number", "the end of the block");
            }
            byte next = block[position++];
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw damage("a number", "more than " + HistoryFormat.VARINT_BYTES_MAX + " bytes");
    }

    private CorruptionException damage(String expected, String found) {
        // Nothing more can be taken from here.
        changesLeft = 0;
        long offset = index.offset(blockNumber) + Math.max(0, position);
        blockNumber = index.blocks();
        return new CorruptionException(file.name(), offset, expected, found.toLowerCase(Locale.ROOT));
    }

    @Override
    public long main() {
        return main;
    }

    @Override
    public int sub() {
        return sub;
    }

    @Override
    public VersionKind kind() {
        return index.kind();
    }

    @Override
    public byte[] keyArray() {
        return block;
    }

    @Override
    public int keyOffset() {
        return keyOffset;
    }

    @Override
    public int keyLength() {
        return keyLength;
    }

    @Override
    public void close() {
        // The file belongs to the one who opened it.
    }
}
