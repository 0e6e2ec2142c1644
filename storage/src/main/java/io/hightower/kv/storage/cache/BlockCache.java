package io.hightower.kv.storage.cache;

import io.hightower.kv.statemachine.InvariantViolation;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Chooses which blocks stay in memory.
 *
 * <p>The blocks themselves hang in slots, one array per table, one slot per block, so that finding one is a single read of
 * an array: no hashing, no lock. The cache holds all of them in a ring with a hand, the CLOCK algorithm of Corbató: when
 * there are too many bytes, the hand goes round, takes a credit from what has some, and takes out the rest by emptying its
 * slot. Every use gives a credit, up to three. New blocks enter behind the hand, where it comes last. A block read for a lookup enters with a credit, one
 * read for a scan without, so that what is scanned once leaves before what is looked up.
 *
 * <p>Whoever holds a block may go on reading it after it was taken out. <b>Thread-safe.</b>
 */
public final class BlockCache {
    private final MemoryBudget budget;

    /** Guards the ring: the links of all blocks in it, their homes, and the hand. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable CachedBlock hand;
    private long blocks;
    private long misses;
    private long evictions;

    private BlockCache(MemoryBudget budget) {
        this.budget = budget;
    }

    /** Makes an empty cache that holds what the budget's other uses leave. One per budget. */
    public static BlockCache within(MemoryBudget budget) {
        BlockCache cache = new BlockCache(budget);
        budget.whenOverdrawn(cache::giveWay);
        return cache;
    }

    /**
     * Puts a block into an empty slot. If somebody else filled the slot meanwhile, theirs stays and is returned. A block
     * that is larger than the whole cache stays out.
     *
     * @param asUsed whether it enters with a credit
     * @return the block to be read: the one in the slot, or the given one
     */
    public <B extends CachedBlock> B insert(AtomicReferenceArray<B> slots, int slot, B block, boolean asUsed) {
        lock.lock();
        try {
            misses++;
            B other = slots.get(slot);
            if (other != null) {
                return other;
            }
            long bytesMax = budget.cacheBytesMax();
            if (block.weightBytes() > bytesMax) {
                return block;
            }
            evictTo(bytesMax - block.weightBytes());
            block.setCredit(asUsed ? 1 : 0);
            block.home = slots;
            block.slot = slot;
            enter(block);
            budget.charge(MemoryUse.BLOCK_CACHE, block.weightBytes());
            slots.set(slot, block);
            return block;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out everything that hangs in the slots of one table. Nobody may insert into them any more. */
    public void removeAll(AtomicReferenceArray<? extends CachedBlock> slots) {
        lock.lock();
        try {
            for (int slot = 0; slot < slots.length(); slot++) {
                CachedBlock block = slots.get(slot);
                if (block != null) {
                    remove(block);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of blocks held. */
    public long blocks() {
        lock.lock();
        try {
            return blocks;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many blocks were read because they were not here, since the cache was made; those of long scans not counted. */
    public long misses() {
        lock.lock();
        try {
            return misses;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many blocks had to leave for want of memory, since the cache was made. */
    public long evictions() {
        lock.lock();
        try {
            return evictions;
        } finally {
            lock.unlock();
        }
    }

    private void giveWay() {
        lock.lock();
        try {
            evictTo(budget.cacheBytesMax());
        } finally {
            lock.unlock();
        }
    }

    private void evictTo(long bytesMax) {
        while (budget.used(MemoryUse.BLOCK_CACHE) > bytesMax) {
            CachedBlock block = hand;
            if (block == null) {
                return;
            }
            if (block.isSpared()) {
                hand = block.next;
            } else {
                remove(block);
                evictions++;
            }
        }
    }

    private void enter(CachedBlock block) {
        CachedBlock at = hand;
        if (at == null) {
            block.previous = block;
            block.next = block;
            hand = block;
        } else {
            CachedBlock last = present(at.previous);
            last.next = block;
            block.previous = last;
            block.next = at;
            at.previous = block;
        }
        blocks++;
    }

    private void remove(CachedBlock block) {
        present(block.home).set(block.slot, null);
        CachedBlock before = present(block.previous);
        CachedBlock after = present(block.next);
        before.next = after;
        after.previous = before;
        if (hand == block) {
            hand = after == block ? null : after;
        }
        block.previous = null;
        block.next = null;
        block.home = null;
        blocks--;
        budget.release(MemoryUse.BLOCK_CACHE, block.weightBytes());
    }

    private static <T> T present(@Nullable T link) {
        if (link == null) {
            throw new InvariantViolation("a block in the ring has neighbours and a home");
        }
        return link;
    }
}
