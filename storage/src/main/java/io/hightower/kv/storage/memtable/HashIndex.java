package io.hightower.kv.storage.memtable;

import io.hightower.kv.statemachine.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Finds the node of a key, or that there is none, by about one access to memory.
 *
 * <pre>
 * hash   segment : 8 | tag, overlapping what the slot's number leaves : 32 | … | number of the slot in its segment
 * slot   tag : 32 - n | reference of the node : n                     n is 24, then 28, then 32, as the arena grows
 * </pre>
 *
 * <p>A key lies in the first free slot at or behind its own (linear probing; three quarters of the slots are used at most).
 * The tag tells most other keys apart without looking at them. Each of the 256 segments grows by itself: the pause of one
 * growth is short, and readers go on in the old table until the new one is published. <b>Threads.</b> One writer, many
 * readers.
 */
final class HashIndex {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle SEGMENT = MethodHandles.arrayElementVarHandle(Segment[].class);

    private static final int SEGMENT_COUNT = 256;
    private static final int SEGMENT_SHIFT = Long.SIZE - 8;
    private static final int TAG_SHIFT = SEGMENT_SHIFT - Integer.SIZE;
    private static final int SLOTS_LEAST = 8;
    private static final int REFERENCE_BITS_LEAST = 24;
    private static final int REFERENCE_BITS_STEP = 4;

    /** What an object and an array cost beside their content. */
    private static final int SEGMENT_OVERHEAD_BYTES = 40;

    private final Skiplist keys;
    private final @Nullable Segment[] segments = new Segment[SEGMENT_COUNT];
    private final int slotsFirst;
    private long bytes = SEGMENT_COUNT * (long) Integer.BYTES;

    /** Makes an index for about so many keys; it holds any number. */
    HashIndex(Skiplist keys, int keysExpected) {
        this.keys = keys;
        this.slotsFirst = Math.max(SLOTS_LEAST, Integer.highestOneBit(keysExpected / SEGMENT_COUNT));
    }

    /** Returns the bytes that the tables occupy. */
    long bytes() {
        return bytes;
    }

    /** Returns the node of a key, {@link Arena#NONE} if there is none. All of the node is seen. */
    int find(Bytes key, long hash) {
        Segment segment = (Segment) SEGMENT.getAcquire(segments, segmentOf(hash));
        return segment == null ? Arena.NONE : segment.find(keys, key, hash);
    }

    /** Adds a node whose key has the hash and is not in the index yet. */
    void add(int node, long hash) {
        int number = segmentOf(hash);
        Segment segment = segments[number];
        if (segment == null || segment.isFull() || !segment.canHold(node)) {
            segment = replacement(segment, node);
            segment.add(node, hash);
            SEGMENT.setRelease(segments, number, segment);
        } else {
            segment.add(node, hash);
        }
    }

    private Segment replacement(@Nullable Segment old, int node) {
        int slots = old == null ? slotsFirst : old.isFull() ? old.slots.length * 2 : old.slots.length;
        Segment replacement = new Segment(slots, referenceBits(node));
        if (old != null) {
            for (int slot : old.slots) {
                int reference = slot & ~old.tagMask;
                if (reference != Arena.NONE) {
                    replacement.add(reference, keys.hash(reference));
                }
            }
            bytes -= old.bytes();
        }
        bytes += replacement.bytes();
        return replacement;
    }

    /** Returns how many bits a segment that holds the node needs for references: they ascend, so the others fit too. */
    private static int referenceBits(int node) {
        int bits = REFERENCE_BITS_LEAST;
        while (bits < Integer.SIZE && node >>> bits != 0) {
            bits += REFERENCE_BITS_STEP;
        }
        return bits;
    }

    private static int segmentOf(long hash) {
        return (int) (hash >>> SEGMENT_SHIFT);
    }

    /** One table. Written by the writer alone, slot by slot; each slot is published when it is complete. */
    private static final class Segment {
        private final int[] slots;
        private final int tagMask;
        private int used;

        Segment(int slotCount, int referenceBits) {
            slots = new int[slotCount];
            tagMask = referenceBits == Integer.SIZE ? 0 : -1 << referenceBits;
        }

        boolean isFull() {
            return used >= slots.length - slots.length / 4;
        }

        boolean canHold(int node) {
            return (node & tagMask) == 0;
        }

        long bytes() {
            return SEGMENT_OVERHEAD_BYTES + slots.length * (long) Integer.BYTES;
        }

        int find(Skiplist keys, Bytes key, long hash) {
            int last = slots.length - 1;
            int tag = tag(hash);
            for (int at = (int) hash & last; ; at = (at + 1) & last) {
                int slot = (int) SLOT.getAcquire(slots, at);
                if (slot == Arena.NONE) {
                    return Arena.NONE;
                }
                if ((slot & tagMask) == tag && keys.hasKey(slot & ~tagMask, key)) {
                    return slot & ~tagMask;
                }
            }
        }

        void add(int node, long hash) {
            int last = slots.length - 1;
            int at = (int) hash & last;
            while (slots[at] != Arena.NONE) {
                at = (at + 1) & last;
            }
            SLOT.setRelease(slots, at, tag(hash) | node);
            used++;
        }

        private int tag(long hash) {
            return (int) (hash >>> TAG_SHIFT) & tagMask;
        }
    }
}
