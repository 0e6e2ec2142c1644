package io.hightower.kv.benchmarks.data;

/**
 * A stream of pseudorandom numbers, a few nanoseconds each: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
 *
 * <p>Equal seeds give equal streams. <b>Used by one thread at a time.</b>
 */
public final class Numbers {
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private long state;

    /** Begins the stream of {@code seed}. */
    public Numbers(long seed) {
        state = seed;
    }

    /** Begins another stream. */
    public void restart(long seed) {
        state = seed;
    }

    /** Returns the next number. */
    public long next() {
        state += STEP;
        long mixed = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /** Returns the next number of {@code [0, bound)}; uneven by less than one in 2^32 for the bounds used here. */
    public long nextBelow(long bound) {
        return Math.floorMod(next() >>> 1, bound);
    }
}
