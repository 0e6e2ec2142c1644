package io.hightower.kv.storage.hot;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyValue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The newest values of keys that are read often, in bounded memory. It never serves a stale value.
 *
 * <pre>
 * hash ──► set of 4 slots: tag | tag | tag | tag          32 bits of the hash each: a missing key costs one cache line
 *                            └──► entry: key, value, asOf
 *      ──► stamp: the main revision of the last change to any key with this stamp
 * </pre>
 *
 * <p>Changes that are made while there is no entry are stamped all at once, by one number that counts for every key: who only
 * writes does not pay for a cache line at random.
 *
 * <p><b>Why nothing stale is served.</b> The writer calls {@link #written} for every key that it changes, at the main revision
 * of the change, <i>before</i> it publishes the change. Main revisions never decrease. A reader asks with the revision
 * {@code v} of a view that it obtained <i>before</i>, so it sees the stamps of all changes up to {@code v}. An entry says that
 * a value, changed last at {@code m}, was the newest one at {@code asOf}; so there was no change after {@code m} up to {@code
 * asOf}. The entry is used only if {@code m <= v} and {@code stamp <= asOf}.
 *
 * <ul>
 *   <li>If {@code v <= asOf}: there was no change after {@code m} up to {@code v}, so it is what the view shows.
 *   <li>If {@code v > asOf}: a change after {@code asOf} up to {@code v} would have left a stamp greater than {@code asOf},
 *       which this reader sees. There is none, so again it is what the view shows.
 * </ul>
 *
 * <p>So it is the check on reading that makes it right. When and by whom an entry was put there does not matter, nor does a
 * change that is stamped and then never published. A change without a revision of its own changes no value: it releases
 * tombstones. A state that is replaced as a whole gets a new index, together with its views.
 *
 * <p>An entry is admitted when its key is missed for the second time in a while, so that reading everything once does not
 * wash the index out. <b>Thread-safe</b>: any number of readers; {@link #written} is confined to the apply thread.
 */
public final class HotKeyIndex {
    /** Longer values are not kept. */
    public static final int VALUE_BYTES_MAX = 1024;

    private static final VarHandle STAMPS = MethodHandles.arrayElementVarHandle(long[].class);

    private static final int WAYS = 4;
    private static final int STAMPS_PER_SLOT = 2;

    /** Tag, reference, mark, stamps and missed tag. */
    private static final int BYTES_PER_SLOT = 4 + 8 + 1 + STAMPS_PER_SLOT * 8 + 4;

    /** Small entries take about so many bytes together with their slot. More slots than entries keep sets from overflowing. */
    private static final int LIMIT_BYTES_PER_SLOT = 256;

    private static final int SLOTS_MAX = 1 << 26;
    private static final int SWEEP_SLOTS = 64;

    private final int slots;
    private final long limitBytes;

    /** Where to look for what; only hints, since the entry has the whole key. 0 is no tag. */
    private final int[] tags;

    private final AtomicReferenceArray<@Nullable HotEntry> entries;

    /** Not 0 for a slot that was hit since somebody looked for one to give away. */
    private final byte[] marks;

    /** Tags of keys that were missed lately. */
    private final int[] missed;

    private final long[] stamps;

    /** The last change that was made while there was no entry. */
    private final AtomicLong stampOfAll = new AtomicLong();

    private final AtomicLong bytes;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    /** Where the next sweep begins. Racing sweeps do no harm. */
    private int hand;

    /** Makes an empty index that takes at most so many bytes of memory, unless that is too little for its own arrays. */
    public HotKeyIndex(long limitBytes) {
        long wanted = Math.max(WAYS, Math.min(SLOTS_MAX, limitBytes / LIMIT_BYTES_PER_SLOT));
        this.slots = (int) Long.highestOneBit(wanted);
        this.limitBytes = limitBytes;
        this.tags = new int[slots];
        this.entries = new AtomicReferenceArray<>(slots);
        this.marks = new byte[slots];
        this.missed = new int[slots];
        this.stamps = new long[slots * STAMPS_PER_SLOT];
        this.bytes = new AtomicLong(bytesWhenEmpty());
    }

    private long bytesWhenEmpty() {
        return (long) slots * BYTES_PER_SLOT;
    }

    /**
     * Says that a key is about to be changed. <b>Confined to the apply thread</b>, which publishes the change afterwards.
     *
     * @param hash the key's {@link Bytes#hash64}
     * @param main the main revision of the change
     */
    public void written(long hash, long main) {
        if (bytes.get() == bytesWhenEmpty()) {
            stampOfAll.setOpaque(main);
            return;
        }
        int place = stampOf(hash);
        if ((long) STAMPS.getOpaque(stamps, place) < main) {
            STAMPS.setOpaque(stamps, place, main);
        }
    }

    /**
     * Returns the value of {@code key} at a revision, if it is known here; null says nothing about the key.
     *
     * @param hash the key's {@link Bytes#hash64}
     * @param revision the main revision of a view that was opened before the call and shows the newest values of its moment
     */
    public @Nullable KeyValue find(Bytes key, long hash, long revision) {
        HotEntry entry = entryOf(key, hash);
        if (entry != null && isUsable(entry, revision)) {
            hits.increment();
            return entry.value();
        }
        misses.increment();
        return null;
    }

    /**
     * Offers a value that {@link #find} did not know. It may be admitted or not.
     *
     * @param hash {@link Bytes#hash64} of the value's key
     * @param value the newest value of its key in a view
     * @param revision the main revision of that view
     */
    public void promote(long hash, KeyValue value, long revision) {
        if (isAdmitted(hash, value, revision)) {
            put(new HotEntry(hash, value, revision));
        }
    }

    /** Forgets all entries, to give their memory back. What was stamped stays stamped. */
    public void clear() {
        for (int slot = 0; slot < slots; slot++) {
            HotEntry entry = entries.get(slot);
            if (entry != null) {
                evict(slot, entry);
            }
        }
    }

    /** Returns how many bytes of memory the index takes, entries and arrays. Cheap. */
    public long bytes() {
        return bytes.get();
    }

    /** Returns how many lookups were answered. */
    public long hits() {
        return hits.sum();
    }

    /** Returns how many lookups were not answered. */
    public long misses() {
        return misses.sum();
    }

    // The steps of the above, each of which may be followed by anything that other threads do.

    /** Returns the entry of a key, usable or not; null if there is none. */
    @Nullable
    HotEntry entryOf(Bytes key, long hash) {
        int tag = tagOf(hash);
        int first = firstSlotOf(hash);
        for (int slot = first; slot < first + WAYS; slot++) {
            if (tags[slot] == tag) {
                HotEntry entry = entries.getOpaque(slot);
                if (entry != null && entry.hash() == hash && entry.value().key().equals(key)) {
                    if (marks[slot] == 0) {
                        marks[slot] = 1;
                    }
                    return entry;
                }
            }
        }
        return null;
    }

    /** Tells whether an entry is what a view of that revision shows. */
    boolean isUsable(HotEntry entry, long revision) {
        return entry.value().modRevision() <= revision && !isOutdated(entry);
    }

    /** Tells whether no view that is opened from now on may use the entry. */
    private boolean isOutdated(HotEntry entry) {
        return stamp(entry.hash()) > entry.asOf();
    }

    private long stamp(long hash) {
        return Math.max(stampOfAll.getOpaque(), (long) STAMPS.getOpaque(stamps, stampOf(hash)));
    }

    /** Tells whether it is worth putting a value in. */
    boolean isAdmitted(long hash, KeyValue value, long revision) {
        if (value.value().length() > VALUE_BYTES_MAX || stamp(hash) > revision) {
            return false;
        }
        int tag = tagOf(hash);
        int place = (int) (hash >>> 20) & (slots - 1);
        if (missed[place] == tag) {
            missed[place] = 0;
            return true;
        }
        missed[place] = tag;
        // A key that was here and has changed since is as hot as before.
        return entryOf(value.key(), hash) != null;
    }

    /** Puts an entry into its set, in the place of another if need be, unless there is no memory for it. */
    void put(HotEntry entry) {
        int slot = slotFor(entry);
        HotEntry former = entries.get(slot);
        long change = entry.bytes() - (former == null ? 0 : former.bytes());
        if (!reserve(change)) {
            sweep();
            if (!reserve(change)) {
                return;
            }
        }
        if (entries.compareAndSet(slot, former, entry)) {
            tags[slot] = tagOf(entry.hash());
            marks[slot] = 0;
        } else {
            bytes.addAndGet(-change);
        }
    }

    /** Chooses the slot of the same key, else an empty one or one of an outdated entry, else one that was not hit lately. */
    private int slotFor(HotEntry entry) {
        int first = firstSlotOf(entry.hash());
        int free = -1;
        for (int slot = first; slot < first + WAYS; slot++) {
            HotEntry present = entries.get(slot);
            if (present == null || isOutdated(present)) {
                free = slot;
            }
            if (present != null
                    && present.hash() == entry.hash()
                    && present.value().key().equals(entry.value().key())) {
                return slot;
            }
        }
        if (free >= 0) {
            return free;
        }
        int begin = (int) entry.asOf();
        for (int way = 0; way < WAYS; way++) {
            int slot = first + ((begin + way) & (WAYS - 1));
            if (marks[slot] == 0) {
                return slot;
            }
            marks[slot] = 0;
        }
        return first + (begin & (WAYS - 1));
    }

    private boolean reserve(long change) {
        while (true) {
            long present = bytes.get();
            if (change > 0 && present + change > limitBytes) {
                return false;
            }
            if (bytes.compareAndSet(present, present + change)) {
                return true;
            }
        }
    }

    /** Takes out what was not hit lately, in some slots. */
    private void sweep() {
        int from = hand;
        hand = (from + SWEEP_SLOTS) & (slots - 1);
        for (int i = 0; i < Math.min(SWEEP_SLOTS, slots); i++) {
            int slot = (from + i) & (slots - 1);
            HotEntry entry = entries.get(slot);
            if (entry != null && (marks[slot] == 0 || isOutdated(entry))) {
                evict(slot, entry);
            }
            marks[slot] = 0;
        }
    }

    private void evict(int slot, HotEntry entry) {
        if (entries.compareAndSet(slot, entry, null)) {
            bytes.addAndGet(-entry.bytes());
            tags[slot] = 0;
        }
    }

    private int firstSlotOf(long hash) {
        return (int) (hash >>> 32) & (slots - 1) & -WAYS;
    }

    private int stampOf(long hash) {
        return (int) (hash >>> 32) & (stamps.length - 1);
    }

    private static int tagOf(long hash) {
        int tag = (int) hash;
        return tag == 0 ? 1 : tag;
    }
}
