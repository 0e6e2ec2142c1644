package io.hightower.kv.storage.cache;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A block that was read, as the cache sees it: so many bytes, used lately or not. <b>Thread-safe</b> in what the cache does
 * with it.
 */
public abstract class CachedBlock {
    /** What a block costs besides its bytes: this object, two array headers, its slot. */
    private static final int OVERHEAD_BYTES = 112;

    private static final int CREDIT_MAX = 3;

    private final int weightBytes;

    /** How often the hand spares it. Readers count without a lock: losing one of two simultaneous uses loses little. */
    private int credit;

    // Guarded by the lock of the cache: the place in its ring, while in it.
    @Nullable
    CachedBlock previous;

    @Nullable
    CachedBlock next;

    @Nullable
    AtomicReferenceArray<? extends CachedBlock> home;

    int slot;

    /** Makes a block that holds so many bytes. */
    protected CachedBlock(int contentBytes) {
        weightBytes = contentBytes + OVERHEAD_BYTES;
    }

    /** Says that the block was used. A reader calls it for every block that it finds in a slot. */
    public final void touch() {
        // Not writing what is there already keeps the cache line shared between processors.
        if (credit < CREDIT_MAX) {
            credit++;
        }
    }

    final void setCredit(int value) {
        credit = value;
    }

    /** Takes away one credit; false if there was none. */
    final boolean isSpared() {
        if (credit == 0) {
            return false;
        }
        credit--;
        return true;
    }

    /** Returns the bytes that the block takes in memory. */
    public final int weightBytes() {
        return weightBytes;
    }
}
