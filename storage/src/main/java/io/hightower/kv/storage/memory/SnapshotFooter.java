package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.codec.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The last block of a snapshot: what came before it, so that nothing can be missing, and the scalars. <b>Immutable.</b>
 *
 * @param records the number of records
 * @param contentBytes the bytes of content in all blocks of records
 * @param contentCrc the CRC32C over that content
 * @param applied the scalars
 */
record SnapshotFooter(long records, long contentBytes, int contentCrc, AppliedState applied) {
    private static final int SUMS_BYTES = 2 * Long.BYTES + Integer.BYTES;

    void writeTo(BlockWriter blocks) throws IOException {
        ByteBuffer sums = ByteBuffer.allocate(SUMS_BYTES);
        sums.putLong(records).putLong(contentBytes).putInt(contentCrc);
        blocks.append(SnapshotFormat.FOOTER_BLOCK, sums.array());
        blocks.append(SnapshotFormat.FOOTER_BLOCK, RecordCodec.encode(applied));
        blocks.flush(SnapshotFormat.FOOTER_BLOCK);
    }

    /**
     * Reads a footer.
     *
     * @param file names the bytes in errors
     */
    static SnapshotFooter read(String file, BlockReader blocks, BlockReader.Block block) {
        byte[] sums = blocks.item(block);
        if (sums.length != SUMS_BYTES) {
            throw blocks.damage(block.offset(), SUMS_BYTES + " bytes of sums", sums.length + " bytes");
        }
        byte[] applied = blocks.item(block);
        if (block.content().hasRemaining()) {
            throw blocks.damage(block.offset() + block.content().position(), "the end of the footer", "more bytes");
        }
        ByteBuffer source = ByteBuffer.wrap(sums);
        return new SnapshotFooter(
                source.getLong(), source.getLong(), source.getInt(), RecordCodec.decodeApplied(file, applied));
    }
}
