package io.hightower.kv.storage.log;

import java.time.Duration;

/**
 * When the commit log syncs, and so what power loss can take from the acknowledged entries. The end of the process alone
 * takes nothing under any policy, since the operating system has the bytes. <b>Immutable.</b>
 *
 * <p>Whatever is lost is lost from the end: entries are never lost from the middle. Under every policy a segment is synced
 * before the next one begins, and the log is synced when it is closed.
 *
 * @param unsyncedBytesMax a commit syncs once so many bytes wait; 1 or more
 * @param unsyncedNanosMax a commit syncs once the oldest waiting byte is so old; more than 0
 */
public record SyncPolicy(long unsyncedBytesMax, long unsyncedNanosMax) {
    /** In {@link #unsyncedBytesMax} and {@link #unsyncedNanosMax}: any number. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Checks that both limits can be kept. */
    public SyncPolicy {
        if (unsyncedBytesMax < 1 || unsyncedNanosMax < 1) {
            throw new IllegalArgumentException("The limits of a sync policy must be positive: unsyncedBytesMax="
                    + unsyncedBytesMax + " unsyncedNanosMax=" + unsyncedNanosMax);
        }
    }

    /** Syncs before each acknowledgement, the default: power loss takes nothing that was acknowledged. */
    public static SyncPolicy everyWrite() {
        return new SyncPolicy(1, UNLIMITED);
    }

    /**
     * Syncs so long after a write: power loss can take what was acknowledged in the last interval, and in the time that the
     * sync itself took.
     */
    public static SyncPolicy interval(Duration interval) {
        return new SyncPolicy(UNLIMITED, interval.toNanos());
    }

    /**
     * Syncs once so many bytes were written: power loss can take that many acknowledged bytes less one, plus one group, be
     * they from a moment ago or, on an idle store, from yesterday.
     */
    public static SyncPolicy afterBytes(long bytes) {
        return new SyncPolicy(bytes, UNLIMITED);
    }

    /**
     * Leaves it to the operating system: power loss can take everything acknowledged since the segment began. Damage in that
     * part is not told from a torn tail, so it can cost the same without any power loss.
     */
    public static SyncPolicy never() {
        return new SyncPolicy(UNLIMITED, UNLIMITED);
    }

    boolean isEveryWrite() {
        return unsyncedBytesMax == 1;
    }

    boolean isTimed() {
        return unsyncedNanosMax != UNLIMITED;
    }
}
