package io.hightower.kv.cluster.check.wgl;

/**
 * A set of 128-bit numbers that stand for states of a search. Two states have the same number with a probability that is
 * smaller than that of a broken machine. <b>Used by one thread at a time.</b>
 */
final class Fingerprints {
    private static final int CAPACITY_FIRST = 64;

    private final int entriesMax;
    private long[] high = new long[CAPACITY_FIRST];
    private long[] low = new long[CAPACITY_FIRST];
    private int size;

    Fingerprints(int entriesMax) {
        this.entriesMax = entriesMax;
    }

    /** Returns a number that looks random and depends on the argument alone; this is the finalizer of SplitMix64. */
    static long mix(long number) {
        long mixed = number + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    boolean isFull() {
        return size >= entriesMax;
    }

    /** Adds a number and returns whether it is new. Nothing is added to a full set. */
    boolean add(long highBits, long lowBits) {
        // Two zeros mean an empty place.
        long marked = lowBits | 1;
        int at = place(high, low, highBits, marked);
        if (low[at] != 0) {
            return false;
        }
        if (isFull()) {
            return true;
        }
        high[at] = highBits;
        low[at] = marked;
        size++;
        if (2 * size > low.length) {
            grow();
        }
        return true;
    }

    private static int place(long[] highs, long[] lows, long highBits, long lowBits) {
        int mask = lows.length - 1;
        int at = (int) highBits & mask;
        while (lows[at] != 0 && (lows[at] != lowBits || highs[at] != highBits)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldHigh = high;
        long[] oldLow = low;
        high = new long[2 * oldHigh.length];
        low = new long[2 * oldLow.length];
        for (int i = 0; i < oldLow.length; i++) {
            if (oldLow[i] != 0) {
                int at = place(high, low, oldHigh[i], oldLow[i]);
                high[at] = oldHigh[i];
                low[at] = oldLow[i];
            }
        }
    }
}
