package io.hightower.kv.storage.table;

import java.util.Arrays;

/**
 * A short key between two blocks: not less than the last of the one, less than the first of the next. Short ones keep the
 * index small. <b>Used by one thread at a time.</b>
 */
final class SeparatorKey {
    private byte[] array = new byte[256];
    private int length;

    byte[] array() {
        return array;
    }

    int length() {
        return length;
    }

    /** Becomes that key itself. */
    void setTo(byte[] key, int keyLength) {
        set(key, 0, keyLength);
    }

    /** Becomes a key between the last one of a block and the first one of the next, which is greater. */
    void setBetween(byte[] last, int lastLength, byte[] next, int nextFrom, int nextLength) {
        int shared = Arrays.mismatch(last, 0, lastLength, next, nextFrom, nextFrom + nextLength);
        if (shared < lastLength && nextLength > shared + 1) {
            // The next key up to and including the first byte that differs, which is not all of it.
            set(next, nextFrom, shared + 1);
        } else if (shared < lastLength && (last[shared] & 0xff) + 1 < (next[nextFrom + shared] & 0xff)) {
            set(last, 0, shared + 1);
            array[shared]++;
        } else {
            set(last, 0, lastLength);
        }
    }

    private void set(byte[] source, int from, int newLength) {
        if (array.length < newLength) {
            array = new byte[Math.max(newLength, 2 * array.length)];
        }
        System.arraycopy(source, from, array, 0, newLength);
        length = newLength;
    }
}
