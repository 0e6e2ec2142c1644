package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Lease;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which lease ends when: a map of all leases, and a wheel of slots, each with the leases that are looked at again when its
 * time has come (hashed timing wheels, Varghese and Lauck, 1987).
 *
 * <p>A lease stands in the slot of its end, or, if its end is further away than the wheel reaches, in one of the later half.
 * A renewal only notes the new end; a slot whose time has come puts what does not end yet into a later slot. So granting,
 * renewing and ending cost a look into the map, and besides a lease is met about once in a turn of the wheel, two minutes.
 * What has ended waits, sorted by its end, until it is removed.
 *
 * <p>Times are logical, in milliseconds, 0 or more. <b>Used by one thread at a time.</b>
 */
final class LeaseWheel {
    private static final long SLOT_MILLIS = 128;
    private static final int SLOTS = 1024;

    /** 2^64 divided by the golden ratio: neighbouring ids come far apart. */
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private static final Comparator<Timed> BY_END =
            Comparator.<Timed>comparingLong(timed -> timed.expiryMillis).thenComparingLong(timed -> timed.id);

    private final Map<Long, Timed> leases = new HashMap<>();
    private final @Nullable Timed[] slots = new Timed[SLOTS];
    private final TreeSet<Timed> ended = new TreeSet<>(BY_END);

    /** The slot of the present time, counted from time 0: it is looked into again, those before it are empty. */
    private long currentSlot;

    private long nowMillis;
    private long touched;

    /** A lease, and its place in a slot or among those that have ended. */
    private static final class Timed {
        static final long ENDED = -1;

        final long id;
        long expiryMillis;

        /** The slot it stands in, counted from time 0; {@link #ENDED} if among the ended ones. */
        long slot;

        @Nullable
        Timed before;

        @Nullable
        Timed after;

        Timed(long id, long expiryMillis) {
            this.id = id;
            this.expiryMillis = expiryMillis;
        }
    }

    /** Makes a wheel without leases. */
    LeaseWheel(long nowMillis) {
        this.nowMillis = nowMillis;
        this.currentSlot = nowMillis / SLOT_MILLIS;
    }

    /** Returns how many leases there are. */
    int size() {
        return leases.size();
    }

    /** Returns the time up to which the wheel was turned. */
    long nowMillis() {
        return nowMillis;
    }

    /** Returns how many leases were met so far, by whatever brought it about; each costs about the same. */
    long touched() {
        return touched;
    }

    /** Notes when a lease ends, be it a new one or not. */
    void put(Lease lease) {
        touched++;
        Timed timed = leases.get(lease.id());
        if (timed == null) {
            timed = new Timed(lease.id(), lease.expiryMillis());
            leases.put(lease.id(), timed);
            place(timed);
        } else if (timed.slot != Timed.ENDED && lease.expiryMillis() >= timed.expiryMillis) {
            timed.expiryMillis = lease.expiryMillis();
        } else {
            displace(timed);
            timed.expiryMillis = lease.expiryMillis();
            place(timed);
        }
    }

    /** Forgets a lease; nothing happens if there is none. */
    void remove(long id) {
        touched++;
        Timed timed = leases.remove(id);
        if (timed != null) {
            displace(timed);
        }
    }

    /** Turns the wheel to a time that is not before the one it was turned to last. */
    void advance(long toMillis) {
        nowMillis = toMillis;
        long target = toMillis / SLOT_MILLIS;
        // All slots once are enough, however far the time went.
        long first = Math.max(currentSlot, target - SLOTS + 1);
        currentSlot = target;
        for (long slot = first; slot <= target; slot++) {
            empty((int) (slot % SLOTS));
        }
    }

    private void empty(int index) {
        Timed next = slots[index];
        slots[index] = null;
        while (next != null) {
            touched++;
            Timed timed = next;
            next = timed.after;
            place(timed);
        }
    }

    /**
     * Returns the leases that have ended by the time the wheel was turned to, the one that ended first first; those that ended
     * together by their ids. They are returned again until they are removed or renewed.
     */
    List<Long> ended(int countMax) {
        List<Long> found = new ArrayList<>();
        for (Timed timed : ended) {
            if (found.size() == countMax) {
                break;
            }
            found.add(timed.id);
        }
        return found;
    }

    /** Returns how many leases have ended and were not removed yet. */
    int endedCount() {
        return ended.size();
    }

    private void place(Timed timed) {
        if (timed.expiryMillis < nowMillis) {
            timed.slot = Timed.ENDED;
            ended.add(timed);
            return;
        }
        long slot = timed.expiryMillis / SLOT_MILLIS;
        timed.slot = slot - currentSlot < SLOTS ? slot : currentSlot + farSlots(timed.id);
        int index = (int) (timed.slot % SLOTS);
        Timed first = slots[index];
        timed.before = null;
        timed.after = first;
        if (first != null) {
            first.before = timed;
        }
        slots[index] = timed;
    }

    /** Returns how many slots ahead a far end waits: spread by the id, so that leases granted together are not met together. */
    private static int farSlots(long id) {
        return SLOTS / 2 + Math.floorMod(Long.hashCode(id * SPREAD) >>> 16, SLOTS / 2);
    }

    private void displace(Timed timed) {
        if (timed.slot == Timed.ENDED) {
            ended.remove(timed);
            return;
        }
        if (timed.before == null) {
            slots[(int) (timed.slot % SLOTS)] = timed.after;
        } else {
            timed.before.after = timed.after;
        }
        if (timed.after != null) {
            timed.after.before = timed.before;
        }
    }
}
