package io.hightower.kv.storage.memtable;

import io.hightower.kv.statemachine.Bytes;
import java.util.Arrays;

/**
 * A place between two nodes of a {@link Skiplist}: on every level the last node before a key.
 *
 * <p>The list may grow meanwhile. What the finger points to stays before the key, for nothing is removed; it may no longer
 * be the last. <b>Used by one thread at a time.</b>
 */
final class Finger {
    private static final int SCRATCH_BYTES = 64;

    private final Skiplist list;
    private final int[] before = new int[Skiplist.LEVELS_MAX];
    private int found;

    private long prefix;
    private byte[] key;
    private int offset;
    private int length;
    private byte[] scratch = new byte[SCRATCH_BYTES];

    Finger(Skiplist list) {
        this.list = list;
        key = scratch;
        Arrays.fill(before, list.head());
    }

    /** Returns the last node before the key on each level. Belongs to the finger and changes with it. */
    int[] before() {
        return before;
    }

    /** Returns the last node before the key, maybe the head. */
    int previous() {
        return before[0];
    }

    /** Returns the first node at or behind the key, {@link Arena#NONE} if there is none. */
    int found() {
        return found;
    }

    /** Moves to a key. */
    void seek(Bytes target) {
        if (target.length() > scratch.length) {
            scratch = new byte[target.length()];
        }
        target.copyTo(scratch, 0);
        seek(scratch, 0, target.length());
    }

    /** Moves to a key. The array is read until the call returns. */
    void seek(byte[] array, int from, int bytes) {
        target(array, from, bytes);
        descend(list.levels() - 1, list.head());
    }

    /** Moves behind all nodes. */
    void seekEnd() {
        int node = list.head();
        for (int level = list.levels() - 1; level >= 0; level--) {
            for (int next = list.next(node, level); next != Arena.NONE; next = list.next(node, level)) {
                node = next;
            }
            before[level] = node;
        }
        found = Arena.NONE;
    }

    /** Moves back to the key of {@link #previous}, which is not the head. Costs little, wherever that is. */
    void back() {
        int node = before[0];
        target(list.keyArray(node), Skiplist.keyOffset(node), list.keyLength(node));
        int level = 1;
        while (level < before.length && !isBefore(before[level])) {
            level++;
        }
        if (level == before.length) {
            descend(level - 1, list.head());
        } else {
            descend(level, before[level]);
        }
    }

    private void target(byte[] array, int from, int bytes) {
        key = array;
        offset = from;
        length = bytes;
        prefix = Bytes.prefix64(array, from, bytes);
    }

    private boolean isBefore(int node) {
        return node == list.head() || list.isBefore(node, prefix, key, offset, length);
    }

    /** Searches from a node before the key, which has the level, down to the lowest level. */
    private void descend(int top, int start) {
        int node = start;
        int bound = Arena.NONE;
        for (int level = top; level >= 0; level--) {
            int next = list.next(node, level);
            while (next != bound && next != Arena.NONE && list.isBefore(next, prefix, key, offset, length)) {
                node = next;
                next = list.next(node, level);
            }
            bound = next;
            before[level] = node;
        }
        found = bound;
    }
}
