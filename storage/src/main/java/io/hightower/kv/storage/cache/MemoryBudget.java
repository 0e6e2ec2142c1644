package io.hightower.kv.storage.cache;

import io.hightower.kv.statemachine.InvariantViolation;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The bytes that a store may hold in memory, and who holds how many.
 *
 * <p>Charging never fails: whoever writes must be able to go on. Instead the block cache gives way, down to its floor; what
 * is used beyond the total after that is reported by {@link #overdrawn}. <b>Thread-safe.</b>
 */
public final class MemoryBudget {
    /** The least total: below, not even a few blocks fit. */
    public static final long TOTAL_BYTES_MIN = 1 << 20;

    /** The block cache may always hold this part of the total: without any block cached every lookup reads the disk. */
    private static final int FLOOR_DIVISOR = 16;

    private final long totalBytes;
    private final AtomicLongArray usedBytes = new AtomicLongArray(MemoryUse.COUNT);
    private volatile Runnable relief = () -> {};

    /**
     * Makes a budget of which nothing is used.
     *
     * @param totalBytes at least {@link #TOTAL_BYTES_MIN}
     */
    public MemoryBudget(long totalBytes) {
        if (totalBytes < TOTAL_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "The memory budget must be at least " + TOTAL_BYTES_MIN + " bytes: totalBytes=" + totalBytes);
        }
        this.totalBytes = totalBytes;
    }

    /** Sets what is run, on the thread that charges, when more than the total is used: the block cache giving way. */
    void whenOverdrawn(Runnable newRelief) {
        relief = newRelief;
    }

    /** Takes bytes. */
    public void charge(MemoryUse use, long bytes) {
        usedBytes.addAndGet(use.place, bytes);
        if (use != MemoryUse.BLOCK_CACHE && overdrawn() > 0) {
            relief.run();
        }
    }

    /** Gives bytes back that were taken for the same use. */
    public void release(MemoryUse use, long bytes) {
        long left = usedBytes.addAndGet(use.place, -bytes);
        InvariantViolation.check(left >= 0, "nobody gives back more memory than was taken");
    }

    /** Returns the bytes taken for one use. */
    public long used(MemoryUse use) {
        return usedBytes.get(use.place);
    }

    /** Returns the bytes taken for all uses. */
    public long used() {
        long sum = 0;
        for (int i = 0; i < MemoryUse.COUNT; i++) {
            sum += usedBytes.get(i);
        }
        return sum;
    }

    /** Returns the bytes that may be used. */
    public long total() {
        return totalBytes;
    }

    /** Returns by how many bytes the total is exceeded; 0 if it is not. */
    public long overdrawn() {
        return Math.max(0, used() - totalBytes);
    }

    /** Returns how many bytes the block cache may hold at this moment. */
    public long cacheBytesMax() {
        long others = used() - used(MemoryUse.BLOCK_CACHE);
        return Math.max(totalBytes / FLOOR_DIVISOR, totalBytes - others);
    }
}
