package io.hightower.kv.storage.table;

import java.util.Arrays;

/** A place among the keys of a block, and the key there, put together. <b>Used by one thread at a time.</b> */
final class KeyPosition {
    private byte[] array = new byte[0];
    private int nextEntry;
    private int ordinal;
    private byte[] key = new byte[256];
    private int keyLength;
    private int versionsStart;
    private int versionsEnd;

    /** Returns the place of the key in the block, counted from 0. */
    int ordinal() {
        return ordinal;
    }

    byte[] key() {
        return key;
    }

    int keyLength() {
        return keyLength;
    }

    int versionsStart() {
        return versionsStart;
    }

    int versionsEnd() {
        return versionsEnd;
    }

    /** Moves to a key by its place. */
    void moveTo(Block block, int target) {
        int restart = target / TableFormat.RESTART_KEYS;
        moveToRestart(block, restart);
        while (ordinal < target) {
            next();
        }
    }

    /** Moves to the next key of the block. The caller knows that there is one. */
    void next() {
        ordinal++;
        versionsStart = versionsEnd;
        readEntry();
    }

    /** Moves to the first key at or behind the wanted one; false if the block has none, and the place is undefined then. */
    boolean seek(Block block, byte[] wanted, int wantedLength) {
        moveToRestart(block, Math.max(0, block.lastRestartThrough(wanted, wantedLength)));
        while (Arrays.compareUnsigned(key, 0, keyLength, wanted, 0, wantedLength) < 0) {
            if (ordinal + 1 == block.keyCount) {
                return false;
            }
            next();
        }
        return true;
    }

    private void moveToRestart(Block block, int restart) {
        array = block.array;
        nextEntry = block.restartKey(restart);
        versionsStart = block.restartVersions(restart);
        ordinal = restart * TableFormat.RESTART_KEYS;
        readEntry();
    }

    private void readEntry() {
        int shared = varint();
        int added = varint();
        versionsEnd = versionsStart + varint();
        int length = shared + added;
        if (key.length < length) {
            key = Arrays.copyOf(key, Math.max(length, 2 * key.length));
        }
        System.arraycopy(array, nextEntry, key, shared, added);
        keyLength = length;
        nextEntry += added;
    }

    private int varint() {
        int value = array[nextEntry++];
        if (value >= 0) {
            return value;
        }
        value &= 0x7f;
        int shift = 7;
        byte next = array[nextEntry++];
        while (next < 0) {
            value |= (next & 0x7f) << shift;
            shift += 7;
            next = array[nextEntry++];
        }
        return value | next << shift;
    }
}
