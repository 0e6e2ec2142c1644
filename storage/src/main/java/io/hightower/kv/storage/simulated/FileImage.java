package io.hightower.kv.storage.simulated;

import java.util.Arrays;

/** The bytes of a file at one moment, growing as needed. <b>Used by one thread at a time.</b> */
final class FileImage {
    private byte[] bytes;
    private int length;

    private FileImage(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    static FileImage empty() {
        return new FileImage(new byte[0], 0);
    }

    static FileImage of(byte[] content) {
        return new FileImage(content.clone(), content.length);
    }

    FileImage copy() {
        return of(toByteArray());
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    int length() {
        return length;
    }

    /** Writes bytes; a gap before them is filled with zeros. */
    void write(int offset, byte[] source) {
        int end = Math.addExact(offset, source.length);
        if (end > length) {
            resize(end);
        }
        System.arraycopy(source, 0, bytes, offset, source.length);
    }

    /** Cuts the file, or makes it longer with zeros. */
    void resize(int newLength) {
        if (newLength > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(newLength, length * 2L)));
        }
        if (newLength < length) {
            Arrays.fill(bytes, newLength, length, (byte) 0);
        }
        length = newLength;
    }

    void read(int offset, byte[] target) {
        System.arraycopy(bytes, offset, target, 0, target.length);
    }

    void flip(int offset, int mask) {
        if (offset < length) {
            bytes[offset] ^= (byte) mask;
        }
    }
}
