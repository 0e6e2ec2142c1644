package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** Reads blocks from the file, verifies and decompresses them. <b>Used by one thread at a time.</b> */
final class BlockReader {
    private static final LZ4SafeDecompressor DECOMPRESSOR =
            LZ4Factory.safeInstance().safeDecompressor();

    private final DiskFile file;
    private final TableIndex index;
    private final PlaceChecksum place;

    BlockReader(DiskFile file, TableIndex index, TableId id) {
        this.file = file;
        this.index = index;
        this.place = new PlaceChecksum(id);
    }

    /** Reads one block into an array of its own. */
    Block read(int block) {
        byte[] stored = new byte[index.length(block)];
        readFully(file, index.offset(block), ByteBuffer.wrap(stored));
        return decode(block, stored, 0);
    }

    /** Makes a block of what was read into {@code stored} from {@code from} on. A plain block goes on living there. */
    Block decode(int block, byte[] stored, int from) {
        long offset = index.offset(block);
        int length = index.length(block) - TableFormat.BLOCK_TRAILER_BYTES;
        int trailer = from + length;
        int checked = length + TableFormat.BLOCK_TRAILER_BYTES - TableFormat.CHECKSUM_BYTES;
        int found = readInt(stored, from + checked);
        PlaceChecksum.requireEqual(file.name(), offset, place.of(offset, stored, from, checked), found);
        Compression type = Compression.of(stored[trailer], file.name(), offset);
        int plainLength = readInt(stored, trailer + 1);
        if (type == Compression.NONE) {
            if (plainLength != length) {
                throw new CorruptionException(file.name(), offset, length + " bytes", plainLength + " bytes");
            }
            return Block.of(stored, from, length, file.name(), offset);
        }
        return Block.of(decompressed(offset, stored, from, length, plainLength), 0, plainLength, file.name(), offset);
    }

    private byte[] decompressed(long offset, byte[] stored, int from, int length, int plainLength) {
        byte[] plain = new byte[plainLength];
        int count;
        try {
            count = DECOMPRESSOR.decompress(stored, from, length, plain, 0);
        } catch (LZ4Exception e) {
            throw new CorruptionException(file.name(), offset, "LZ4", e.toString());
        }
        if (count != plainLength) {
            throw new CorruptionException(file.name(), offset, plainLength + " bytes", count + " bytes");
        }
        return plain;
    }

    private static int readInt(byte[] array, int at) {
        return (array[at] & 0xff) << 24
                | (array[at + 1] & 0xff) << 16
                | (array[at + 2] & 0xff) << 8
                | (array[at + 3] & 0xff);
    }

    /** Fills the buffer from {@code offset} on. */
    static void readFully(DiskFile file, long offset, ByteBuffer target) {
        int wanted = target.remaining();
        int count = file.read(offset, target);
        if (count == wanted) {
            return;
        }
        if (file.length() < offset + wanted) {
            throw new CorruptionException(file.name(), offset, wanted + " bytes", "the end after " + count);
        }
        throw new StorageException("A file ends before its length: file=" + file.name() + " offset=" + offset
                + " wanted=" + wanted + " read=" + count);
    }
}
