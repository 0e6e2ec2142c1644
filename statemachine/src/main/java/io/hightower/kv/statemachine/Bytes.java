package io.hightower.kv.statemachine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An immutable sequence of bytes, ordered as unsigned numbers from the left.
 *
 * <p>Keys and values are {@code Bytes}: they have value equality, which arrays lack, and nobody can change them after they
 * were hashed, logged or shared with a reader. <b>Immutable.</b>
 */
public final class Bytes implements Comparable<Bytes> {
    /** The sequence of length 0. */
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private static final VarHandle BIG_ENDIAN_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int BYTES_SHOWN_MAX = 32;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final byte[] array;

    private Bytes(byte[] array) {
        this.array = array;
    }

    /** Copies {@code source}; later changes to the array are not seen. */
    public static Bytes copyOf(byte[] source) {
        return source.length == 0 ? EMPTY : new Bytes(source.clone());
    }

    /** Copies the bytes between position and limit, and leaves the buffer's position where it was. */
    public static Bytes copyOf(ByteBuffer source) {
        byte[] copy = new byte[source.remaining()];
        source.duplicate().get(copy);
        return wrap(copy);
    }

    /** Copies {@code length} bytes of {@code source} from {@code offset} on. */
    public static Bytes copyOf(byte[] source, int offset, int length) {
        return length == 0 ? EMPTY : new Bytes(Arrays.copyOfRange(source, offset, offset + length));
    }

    /**
     * Takes over {@code source} without copying it. The caller must never touch the array again; use
     * {@link #copyOf(byte[])} where that cannot be promised.
     */
    public static Bytes wrap(byte[] source) {
        return source.length == 0 ? EMPTY : new Bytes(source);
    }

    /** Encodes {@code text} as UTF-8. */
    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the number of bytes. */
    public int length() {
        return array.length;
    }

    /** Tells whether the length is 0. */
    public boolean isEmpty() {
        return array.length == 0;
    }

    /**
     * Returns the byte at {@code index}, counted from 0.
     *
     * @throws IndexOutOfBoundsException if there is no such byte
     */
    public byte at(int index) {
        return array[index];
    }

    /** Tells whether the first bytes are those of {@code prefix}; the empty prefix begins everything. */
    public boolean startsWith(Bytes prefix) {
        int length = prefix.array.length;
        return length <= array.length && Arrays.equals(array, 0, length, prefix.array, 0, length);
    }

    /** Returns the smallest sequence greater than this one: this one followed by a zero byte. */
    public Bytes successor() {
        return new Bytes(Arrays.copyOf(array, array.length + 1));
    }

    /** Copies the content into a new array that the caller owns. */
    public byte[] toByteArray() {
        return array.clone();
    }

    /** Returns a read-only buffer over the content, without a copy. */
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(array).asReadOnlyBuffer();
    }

    /** Copies the content into {@code target} from {@code offset} on and returns the offset behind the last byte written. */
    public int copyTo(byte[] target, int offset) {
        System.arraycopy(array, 0, target, offset, array.length);
        return offset + array.length;
    }

    /** Decodes the content as UTF-8; malformed input becomes replacement characters, so this is for showing only. */
    public String toUtf8() {
        return new String(array, StandardCharsets.UTF_8);
    }

    /**
     * Returns XXH64 of the content, seed 0: the same on every machine and in every release, since files hold it. Not kept;
     * each call computes it.
     */
    public long hash64() {
        return XxHash64.hash(array, 0, array.length);
    }

    /**
     * Returns the first eight bytes as a number, zeros in the place of missing ones: of two contents, the one with the
     * smaller unsigned number is the smaller one; with equal numbers nothing is known.
     */
    public long prefix64() {
        return prefix64(array, 0, array.length);
    }

    /** Returns {@link #prefix64()} of {@code length} bytes of {@code source} from {@code offset} on. */
    public static long prefix64(byte[] source, int offset, int length) {
        if (length >= Long.BYTES) {
            return (long) BIG_ENDIAN_LONG.get(source, offset);
        }
        long prefix = 0;
        for (int i = 0; i < length; i++) {
            prefix |= (source[offset + i] & 0xffL) << (56 - 8 * i);
        }
        return prefix;
    }

    /** Compares with {@code length} bytes of {@code other} from {@code offset} on, as unsigned numbers from the left. */
    public int compareTo(byte[] other, int offset, int length) {
        return Arrays.compareUnsigned(array, 0, array.length, other, offset, offset + length);
    }

    /** Tells whether the content is {@code length} bytes of {@code other} from {@code offset} on. */
    public boolean contentEquals(byte[] other, int offset, int length) {
        return length == array.length && Arrays.equals(array, 0, length, other, offset, offset + length);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(array, other.array);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(array, that.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    /** Shows at most the first 32 bytes in hexadecimal, and the length when there are more. */
    @Override
    public String toString() {
        int shown = Math.min(array.length, BYTES_SHOWN_MAX);
        StringBuilder text = new StringBuilder(shown * 2 + 16);
        for (int i = 0; i < shown; i++) {
            text.append(HEX[(array[i] >> 4) & 0xf]).append(HEX[array[i] & 0xf]);
        }
        if (shown < array.length) {
            text.append("…(").append(array.length).append(" bytes)");
        }
        return text.toString();
    }
}
