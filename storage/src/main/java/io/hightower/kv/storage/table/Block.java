package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.storage.cache.CachedBlock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A block, decompressed and verified, as it lies in an array. <b>Immutable</b>, and so is the array for as long as the block
 * is in use.
 */
final class Block extends CachedBlock {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    final byte[] array;

    /** Where the block, and with it its versions, begin in the array. */
    final int start;

    /** Where the keys begin and the versions end. */
    final int keys;

    final int keyCount;

    /** The number to which the main revision of each key's first version is relative. */
    final long base;

    /** The bytes with which all keys begin. */
    private final int shared;

    private final int restarts;
    private final int restartCount;

    private Block(byte[] array, int start, int end, int keptBytes) {
        super(keptBytes);
        int tail = end - TableFormat.TAIL_BYTES;
        this.array = array;
        this.start = start;
        this.base = (long) LONG.get(array, tail);
        this.keys = start + (int) INT.get(array, tail + Long.BYTES);
        this.keyCount = (int) INT.get(array, tail + Long.BYTES + Integer.BYTES);
        this.shared = (short) SHORT.get(array, tail + Long.BYTES + 2 * Integer.BYTES) & 0xffff;
        this.restartCount = (keyCount - 1) / TableFormat.RESTART_KEYS + 1;
        this.restarts = tail - restartCount * TableFormat.RESTART_BYTES;
    }

    /**
     * Looks at bytes whose checksum was right.
     *
     * @param start where the block begins in the array
     * @param length how many bytes it has
     * @throws CorruptionException if they are not laid out as a block
     */
    static Block of(byte[] array, int start, int length, String file, long offset) {
        if (length < TableFormat.TAIL_BYTES) {
            throw new CorruptionException(file, offset, "a block", length + " bytes");
        }
        Block block = new Block(array, start, start + length, array.length);
        boolean isLaidOut = block.keyCount > 0
                && block.restarts > start
                && block.restarts < start + length
                && block.keys >= start
                && block.keys <= block.restarts;
        if (!isLaidOut) {
            throw new CorruptionException(file, offset, "a block", block.keyCount + " keys in " + length + " bytes");
        }
        return block;
    }

    int restartCount() {
        return restartCount;
    }

    /** Returns where the entry of a restart's key begins in the array. */
    int restartKey(int restart) {
        return keys + (int) INT.get(array, restarts + restartCount * Long.BYTES + restart * Integer.BYTES);
    }

    /** Returns where the versions of a restart's key begin in the array. */
    int restartVersions(int restart) {
        int column = restarts + restartCount * (Long.BYTES + Integer.BYTES);
        return start + (int) INT.get(array, column + restart * Integer.BYTES);
    }

    /** Returns the last restart whose key is not behind {@code key}; -1 if already the first key is behind it. */
    int lastRestartThrough(byte[] key, int keyLength) {
        if (shared > 0) {
            int first = restartKeyBytes(0);
            int order = Arrays.compareUnsigned(array, first, first + shared, key, 0, Math.min(shared, keyLength));
            if (order != 0) {
                return order > 0 ? -1 : restartCount - 1;
            }
        }
        long prefix = KeyPrefix.ordered(KeyPrefix.of(key, shared, keyLength));
        int low = 0;
        int high = restartCount;
        while (low < high) {
            int middle = (low + high) >>> 1;
            long there = KeyPrefix.ordered((long) LONG.get(array, restarts + middle * Long.BYTES));
            boolean isThrough = there == prefix ? compareRestart(middle, key, keyLength) <= 0 : there < prefix;
            if (isThrough) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    private int compareRestart(int restart, byte[] key, int keyLength) {
        int from = restartKeyBytes(restart);
        return Arrays.compareUnsigned(array, from, from + restartKeyLength(restart), key, 0, keyLength);
    }

    /** Skips what is shared with the key before, which is nothing, the length, and the bytes of versions. */
    private int restartKeyBytes(int restart) {
        return varintEnd(varintEnd(restartKey(restart) + 1));
    }

    private int restartKeyLength(int restart) {
        int at = restartKey(restart) + 1;
        int length = 0;
        int shift = 0;
        while (array[at] < 0) {
            length |= (array[at++] & 0x7f) << shift;
            shift += 7;
        }
        return length | array[at] << shift;
    }

    private int varintEnd(int from) {
        int at = from;
        while (array[at] < 0) {
            at++;
        }
        return at + 1;
    }

    /** Copies the first key. */
    Bytes firstKey() {
        return Bytes.copyOf(array, restartKeyBytes(0), restartKeyLength(0));
    }
}
