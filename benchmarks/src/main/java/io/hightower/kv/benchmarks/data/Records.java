package io.hightower.kv.benchmarks.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The form of keys and values.
 *
 * <p>A key has 16 bytes, those of RocksDB's db_bench: a number, big-endian, in the first eight and the digit {@code 0} in
 * the rest. Stored keys have even numbers, so that the odd ones are missing among them. A value has 128 bytes of which
 * half can be compressed: 64 pseudorandom bytes, and the same 64 bytes again, as db_bench does at a compression ratio of
 * one half.
 */
public final class Records {
    /** Length of a key. */
    public static final int KEY_BYTES = 16;

    /** Length of a value. */
    public static final int VALUE_BYTES = 128;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int UNIQUE_BYTES = VALUE_BYTES / 2;

    private Records() {}

    /** Returns an array for keys, with what all keys have in common. */
    public static byte[] newKey() {
        byte[] key = new byte[KEY_BYTES];
        Arrays.fill(key, (byte) '0');
        return key;
    }

    /** Makes {@code key}, from {@link #newKey}, the stored key with the ordinal {@code ordinal}, counted from 0. */
    public static void stored(byte[] key, long ordinal) {
        LONG.set(key, 0, ordinal * 2);
    }

    /** Makes {@code key} the key behind the stored one with the ordinal {@code ordinal}, which is never stored. */
    public static void missing(byte[] key, long ordinal) {
        LONG.set(key, 0, ordinal * 2 + 1);
    }

    /** Fills {@code value} with content of its own for {@code seed}. {@code numbers} is only worked with. */
    public static void value(byte[] value, long seed, Numbers numbers) {
        numbers.restart(seed);
        for (int offset = 0; offset < UNIQUE_BYTES; offset += Long.BYTES) {
            LONG.set(value, offset, numbers.next());
        }
        System.arraycopy(value, 0, value, UNIQUE_BYTES, UNIQUE_BYTES);
    }
}
