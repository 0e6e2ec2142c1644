package io.hightower.kv.storage.merge;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.run.VersionCursor;
import java.util.Arrays;
import java.util.List;

/**
 * The runs of a merged cursor, in the order of the keys on which they stand; of runs on the same key the newest comes first.
 *
 * <pre>
 * leader     the run in front: where the merged cursor stands
 * waiting    a binary heap of the other runs that stand somewhere; those that came to their end are in neither
 * </pre>
 *
 * <p>While one run holds the next keys, a step costs moving that run and comparing it with the first of those that wait.
 * Comparing looks at the first eight bytes, as a number kept beside the run, and at the key only if these are equal.
 *
 * <p><b>Invariant.</b> Ascending, a run that does not lead stands on its first key at or behind the leader's; descending, on
 * its last key at or before it. So turning around costs one move of each run. <b>Used by one thread at a time.</b>
 * <b>Failure.</b> If a run's move throws, nothing leads until the next {@link #begin}.
 */
final class RunOrder {
    /** No run. */
    static final int NONE = -1;

    private final VersionCursor[] runs;

    /** What each run stands on, noted after each of its moves. The numbers compare signed as the keys do unsigned. */
    private final long[] prefixes;

    private final byte[][] keys;
    private final int[] offsets;
    private final int[] lengths;
    private final boolean[] standing;

    private final int[] heap;
    private int waiting;
    private int leader = NONE;

    /** Whether the first that waits stands on the leader's key. */
    private boolean tied;

    private boolean ascending;

    RunOrder(List<? extends VersionCursor> newestFirst) {
        runs = newestFirst.toArray(new VersionCursor[0]);
        prefixes = new long[runs.length];
        keys = new byte[runs.length][];
        offsets = new int[runs.length];
        lengths = new int[runs.length];
        standing = new boolean[runs.length];
        heap = new int[runs.length];
    }

    int count() {
        return runs.length;
    }

    VersionCursor run(int number) {
        return runs[number];
    }

    boolean isAscending() {
        return ascending;
    }

    /** Returns the number of the run in front; {@link #NONE} if no run stands anywhere. */
    int leader() {
        return leader;
    }

    /** Takes all runs out of the order, to let those join that were moved to a new place. */
    void begin(boolean toAscending) {
        ascending = toAscending;
        leader = NONE;
        tied = false;
        waiting = 0;
    }

    /** Takes a run into the order after {@link #begin}, if it stands somewhere. */
    void join(int run, boolean stands) {
        standing[run] = stands;
        if (stands) {
            note(run);
            heap[waiting] = run;
            siftUp(waiting++);
        }
    }

    /** Lets the first run lead after all have joined; false if none stands anywhere. */
    boolean settle() {
        if (waiting == 0) {
            leader = NONE;
            return false;
        }
        leader = heap[0];
        removeFirst();
        tied = waiting > 0 && isOnSameKey(leader, heap[0]);
        return true;
    }

    /** Moves all runs off the leader's key in the present direction; false if none stands anywhere then. */
    boolean step() {
        int moving = leader;
        InvariantViolation.check(moving != NONE, "only a cursor that stands on a key moves to a neighbour");
        leader = NONE;
        while (tied) {
            advanceFirst();
            tied = waiting > 0 && isOnSameKey(moving, heap[0]);
        }
        boolean stands = move(moving);
        standing[moving] = stands;
        if (!stands) {
            return settle();
        }
        leader = moving;
        if (waiting > 0) {
            note(moving);
            findLeader();
        }
        return true;
    }

    /** Turns around and moves all runs off the leader's key in the new direction; false if none stands anywhere then. */
    boolean turn() {
        InvariantViolation.check(leader != NONE, "only a cursor that stands on a key moves to a neighbour");
        begin(!ascending);
        for (int run = 0; run < runs.length; run++) {
            boolean stands;
            if (standing[run]) {
                stands = move(run);
            } else {
                stands = ascending ? runs[run].first() : runs[run].last();
            }
            join(run, stands);
        }
        return settle();
    }

    /** Returns the newest run that is older than {@code run} and stands on the leader's key; {@link #NONE} if none does. */
    int olderOnSameKey(int run) {
        int found = NONE;
        if (tied) {
            for (int place = 0; place < waiting; place++) {
                int candidate = heap[place];
                boolean closer = candidate > run && (found == NONE || candidate < found);
                if (closer && isOnSameKey(leader, candidate)) {
                    found = candidate;
                }
            }
        }
        return found;
    }

    /** Notes where a run stands; its key may have come to lie elsewhere with every move, even to another version. */
    void note(int run) {
        VersionCursor cursor = runs[run];
        byte[] array = cursor.keyArray();
        int offset = cursor.keyOffset();
        int length = cursor.keyLength();
        keys[run] = array;
        offsets[run] = offset;
        lengths[run] = length;
        prefixes[run] = Bytes.prefix64(array, offset, length) ^ Long.MIN_VALUE;
    }

    private boolean move(int run) {
        return ascending ? runs[run].nextKey() : runs[run].previousKey();
    }

    /** The leader has moved: is it still in front? */
    private void findLeader() {
        int first = heap[0];
        int order = compareKeys(leader, first);
        if (order < 0) {
            return;
        }
        if (order == 0) {
            tied = true;
            if (leader > first) {
                heap[0] = leader;
                leader = first;
                siftDown();
            }
            return;
        }
        heap[0] = leader;
        leader = first;
        siftDown();
        tied = isOnSameKey(leader, heap[0]);
    }

    private void advanceFirst() {
        int run = heap[0];
        boolean stands = move(run);
        standing[run] = stands;
        if (stands) {
            note(run);
            siftDown();
        } else {
            removeFirst();
        }
    }

    private void removeFirst() {
        waiting--;
        heap[0] = heap[waiting];
        siftDown();
    }

    private void siftUp(int from) {
        int place = from;
        int run = heap[place];
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (!isBefore(run, heap[parent])) {
                break;
            }
            heap[place] = heap[parent];
            place = parent;
        }
        heap[place] = run;
    }

    private void siftDown() {
        int place = 0;
        int run = heap[0];
        while (true) {
            int child = 2 * place + 1;
            if (child >= waiting) {
                break;
            }
            if (child + 1 < waiting && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], run)) {
                break;
            }
            heap[place] = heap[child];
            place = child;
        }
        heap[place] = run;
    }

    private boolean isBefore(int left, int right) {
        int order = compareKeys(left, right);
        return order != 0 ? order < 0 : left < right;
    }

    private boolean isOnSameKey(int left, int right) {
        return prefixes[left] == prefixes[right] && compareKeys(left, right) == 0;
    }

    /** Compares the keys on which two runs stand, in the present direction. */
    private int compareKeys(int left, int right) {
        long leftPrefix = prefixes[left];
        long rightPrefix = prefixes[right];
        int order;
        if (leftPrefix != rightPrefix) {
            order = leftPrefix < rightPrefix ? -1 : 1;
        } else {
            int leftOffset = offsets[left];
            int rightOffset = offsets[right];
            order = Arrays.compareUnsigned(
                    keys[left],
                    leftOffset,
                    leftOffset + lengths[left],
                    keys[right],
                    rightOffset,
                    rightOffset + lengths[right]);
        }
        return ascending ? order : -order;
    }
}
