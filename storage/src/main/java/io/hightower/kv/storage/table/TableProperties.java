package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * What a table says about itself.
 *
 * <pre>
 * least main u64 | greatest main u64 | keys u64 | versions u64 | tombstones u64 | plain bytes u64 | block bytes u32
 * | compression u8 | filter probes u8 | first key: length u32, bytes | last key: length u32, bytes
 * </pre>
 *
 * @param minMain the least main revision
 * @param maxMain the greatest main revision
 * @param keys how many keys
 * @param versions how many versions
 * @param tombstones how many versions are no values
 * @param plainBytes bytes of keys, once each, and of values
 * @param blockBytes how many bytes a block should have
 * @param compression the compression of blocks
 * @param filterProbes bits per key that are asked of the filter; 0 without a filter
 * @param firstKey the least key
 * @param lastKey the greatest key
 */
record TableProperties(
        long minMain,
        long maxMain,
        long keys,
        long versions,
        long tombstones,
        long plainBytes,
        int blockBytes,
        Compression compression,
        int filterProbes,
        Bytes firstKey,
        Bytes lastKey) {
    private static final int FIXED_BYTES = 6 * Long.BYTES + Integer.BYTES + 2 + 2 * Integer.BYTES;

    ByteBuffer encode() {
        ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + firstKey.length() + lastKey.length());
        out.putLong(minMain).putLong(maxMain).putLong(keys).putLong(versions).putLong(tombstones);
        out.putLong(plainBytes).putInt(blockBytes);
        out.put((byte) compression.code()).put((byte) filterProbes);
        out.putInt(firstKey.length()).put(firstKey.asByteBuffer());
        out.putInt(lastKey.length()).put(lastKey.asByteBuffer());
        return out.flip();
    }

    /** Reads what stood at {@code offset} of the file and had the right checksum. */
    static TableProperties decode(String file, long offset, ByteBuffer in) {
        TableProperties found;
        try {
            found = new TableProperties(
                    in.getLong(),
                    in.getLong(),
                    in.getLong(),
                    in.getLong(),
                    in.getLong(),
                    in.getLong(),
                    in.getInt(),
                    Compression.of(in.get(), file, offset),
                    in.get(),
                    key(in),
                    key(in));
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            throw new CorruptionException(file, offset, "properties", in.limit() + " bytes");
        }
        if (in.hasRemaining()) {
            throw new CorruptionException(file, offset, "the end of the properties", in.remaining() + " more bytes");
        }
        return found;
    }

    private static Bytes key(ByteBuffer in) {
        int length = in.getInt();
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] key = new byte[length];
        in.get(key);
        return Bytes.wrap(key);
    }

    /** Returns the meta of the file with that id, length and checksum. */
    TableMeta meta(TableId id, long length, long checksum) {
        return new TableMeta(id, length, checksum, firstKey, lastKey, minMain, maxMain, keys, versions, tombstones);
    }
}
