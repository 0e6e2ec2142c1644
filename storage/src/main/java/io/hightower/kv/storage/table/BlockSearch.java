package io.hightower.kv.storage.table;

import java.util.Arrays;

/**
 * Finds one key in a block without putting any key of the block together. <b>Used by one thread at a time.</b>
 *
 * <p>Behind the restart it keeps how many bytes the wanted key has in common with the entry before, which is smaller. An
 * entry that shares more than that with the one before is smaller for the same reason; one that shares less is greater; only
 * when it shares exactly as much, bytes are compared.
 */
final class BlockSearch {
    private int at;
    private int versionsStart;
    private int versionsEnd;

    /** Returns where the versions of the key begin, after {@link #find} returned true. */
    int versionsStart() {
        return versionsStart;
    }

    /** Returns where they end. */
    int versionsEnd() {
        return versionsEnd;
    }

    /** Tells whether the block has the key. */
    boolean find(Block block, byte[] key) {
        int restart = block.lastRestartThrough(key, key.length);
        if (restart < 0) {
            return false;
        }
        byte[] array = block.array;
        at = block.restartKey(restart);
        versionsEnd = block.restartVersions(restart);
        int left = Math.min(TableFormat.RESTART_KEYS, block.keyCount - restart * TableFormat.RESTART_KEYS);
        int matched = 0;
        for (; left > 0; left--) {
            int shared = varint(array);
            int added = varint(array);
            versionsStart = versionsEnd;
            versionsEnd += varint(array);
            if (shared < matched) {
                return false;
            }
            if (shared == matched) {
                int mismatch = Arrays.mismatch(array, at, at + added, key, matched, key.length);
                if (mismatch < 0) {
                    return true;
                }
                matched += mismatch;
                if (mismatch < added
                        && (matched == key.length || (array[at + mismatch] & 0xff) > (key[matched] & 0xff))) {
                    return false;
                }
            }
            at += added;
        }
        return false;
    }

    private int varint(byte[] array) {
        int value = array[at++];
        if (value >= 0) {
            return value;
        }
        value &= 0x7f;
        int shift = 7;
        byte next = array[at++];
        while (next < 0) {
            value |= (next & 0x7f) << shift;
            shift += 7;
            next = array[at++];
        }
        return value | next << shift;
    }
}
