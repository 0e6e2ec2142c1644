package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.codec.RecordCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads a snapshot to its last byte and believes nothing: checksums, order, counts and the hash over all records are computed
 * anew. <b>Used by one thread at a time.</b>
 */
final class SnapshotReader {
    private final String file;
    private final BlockReader blocks;
    private final SnapshotAudit audit = new SnapshotAudit();
    private final StoreRoot.Builder root = new StoreRoot.Builder();
    private long records;

    private SnapshotReader(String file, InputStream source) {
        this.file = file;
        this.blocks = new BlockReader(file, source, SnapshotFormat.KIND);
    }

    /** A snapshot read: its header, and the state at the header's position. */
    record Content(SnapshotHeader header, StoreRoot root) {}

    /**
     * Reads a snapshot.
     *
     * @param file names the bytes in errors
     * @throws CorruptionException if a byte is damaged, missing or too many
     * @throws FormatException if this is not a snapshot that this release reads
     * @throws IOException if the stream cannot be read
     */
    static Content read(String file, InputStream source) throws IOException {
        return new SnapshotReader(file, source).read();
    }

    private Content read() throws IOException {
        SnapshotHeader header = SnapshotHeader.decode(file, blocks.exactly(SnapshotFormat.HEADER_BYTES));
        BlockReader.Block block = blocks.next();
        while (block.type() == SnapshotFormat.RECORDS_BLOCK) {
            blocks.count(block);
            readRecords(block);
            block = blocks.next();
        }
        if (block.type() != SnapshotFormat.FOOTER_BLOCK) {
            throw new FormatException(file, "block type " + Integer.toUnsignedString(block.type()), "types 1 and 2");
        }
        SnapshotFooter footer = SnapshotFooter.read(file, blocks, block);
        requireSums(footer, block.offset());
        requireEndMark();
        return new Content(header, root.build(footer.applied().at(header.position())));
    }

    private void readRecords(BlockReader.Block block) {
        while (block.content().hasRemaining()) {
            long offset = block.offset() + block.content().position();
            KeyRecord record = decode(blocks.item(block), offset);
            require(audit.add(record), offset);
            root.add(record);
            records++;
        }
    }

    private KeyRecord decode(byte[] item, long offset) {
        try {
            return RecordCodec.decodeRecord(file, item);
        } catch (CorruptionException e) {
            CorruptionException inFile = blocks.damage(offset, "a record", String.valueOf(e.getMessage()));
            inFile.initCause(e);
            throw inFile;
        }
    }

    private void requireSums(SnapshotFooter footer, long offset) {
        SnapshotFooter computed =
                new SnapshotFooter(records, blocks.contentBytes(), blocks.contentCrc(), footer.applied());
        if (!footer.equals(computed)) {
            throw blocks.damage(offset, computed.toString(), footer.toString());
        }
        require(audit.finish(footer.applied()), offset);
    }

    private void requireEndMark() throws IOException {
        long offset = blocks.offset();
        long mark = ByteBuffer.wrap(blocks.exactly(Long.BYTES)).getLong();
        if (mark != SnapshotFormat.END_MARK) {
            throw blocks.damage(offset, Long.toHexString(SnapshotFormat.END_MARK), Long.toHexString(mark));
        }
        blocks.requireEnd();
    }

    private void require(Optional<SnapshotAudit.Finding> finding, long offset) {
        finding.ifPresent(wrong -> {
            throw blocks.damage(offset, wrong.expected(), wrong.found());
        });
    }
}
