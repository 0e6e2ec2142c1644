package io.hightower.kv.storage.history;

import io.hightower.kv.storage.run.VersionKind;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The block being filled with changes of one kind. <b>Used by one thread at a time.</b> */
final class BlockBuilder {
    private final VersionKind kind;

    /** The block, its header in front. */
    private byte[] block = new byte[HistoryFormat.BLOCK_HEADER_BYTES + HistoryFormat.BLOCK_CONTENT_BYTES];

    private int end = HistoryFormat.BLOCK_HEADER_BYTES;
    private int changes;
    private long firstMain;
    private int firstSub;
    private long lastMain;
    private int lastSub;

    BlockBuilder(VersionKind kind) {
        this.kind = kind;
    }

    boolean isEmpty() {
        return changes == 0;
    }

    /** Tells whether a change with such a key is sure to fit. */
    boolean hasRoomFor(int keyLength) {
        int bytesMax = 3 * HistoryFormat.VARINT_BYTES_MAX + keyLength;
        return isEmpty() || end + bytesMax <= HistoryFormat.BLOCK_HEADER_BYTES + HistoryFormat.BLOCK_CONTENT_BYTES;
    }

    /** Appends the change on which a cursor stands, later than the one before; the caller asked {@link #hasRoomFor}. */
    void add(ChangeCursor change) {
        long main = change.main();
        int sub = change.sub();
        int keyLength = change.keyLength();
        int bytesMax = bytesMax(keyLength);
        if (end + bytesMax > block.length) {
            block = Arrays.copyOf(block, end + bytesMax);
        }
        if (isEmpty()) {
            firstMain = main;
            firstSub = sub;
        } else {
            putVarint(main - lastMain);
            putVarint(main == lastMain ? sub - lastSub : sub);
        }
        putVarint(keyLength);
        System.arraycopy(change.keyArray(), change.keyOffset(), block, end, keyLength);
        end += keyLength;
        lastMain = main;
        lastSub = sub;
        changes++;
    }

    private static int bytesMax(int keyLength) {
        return 3 * HistoryFormat.VARINT_BYTES_MAX + keyLength;
    }

    private void putVarint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            block[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        block[end++] = (byte) rest;
    }

    /** Completes the block for its place in the file; the bytes are good until the next change is added. */
    ByteBuffer complete(long offset, SectionChecksum checksum) {
        ByteBuffer.wrap(block)
                .putInt(Integer.BYTES, end - HistoryFormat.BLOCK_HEADER_BYTES)
                .putInt(2 * Integer.BYTES, kind.code())
                .putInt(3 * Integer.BYTES, changes)
                .putLong(4 * Integer.BYTES, firstMain)
                .putInt(4 * Integer.BYTES + Long.BYTES, firstSub);
        checksum.put(offset, block, end);
        return ByteBuffer.wrap(block, 0, end);
    }

    /** Writes what the index says about the block. */
    void putEntry(ByteBuffer index, long offset) {
        index.putLong(offset).putInt(end).putInt(changes).putLong(firstMain).putInt(firstSub);
    }

    /** Begins the next block. */
    void clear() {
        end = HistoryFormat.BLOCK_HEADER_BYTES;
        changes = 0;
    }
}
