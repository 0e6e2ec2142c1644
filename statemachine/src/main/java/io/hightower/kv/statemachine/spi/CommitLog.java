package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.Bytes;

/**
 * The ordered entries of a store that replicates to nobody, numbered from 1 without gaps.
 *
 * <p><b>Durability.</b> {@link #append} promises nothing. {@link #commit} returns when the appended entries are as durable
 * as the log's sync policy promises; {@link #sync} returns when they are on disk. <b>Threads.</b> Used by one thread at a
 * time, except {@link #trim}, which any thread may call. <b>Failure.</b> After a failed write or sync every later change
 * throws {@link io.hightower.kv.statemachine.StorageException} with the first cause; a failed sync is never tried again.
 */
public interface CommitLog extends AutoCloseable {
    /** In {@link #syncDueNanos}: nothing waits to be synced. */
    long NOTHING_TO_SYNC = Long.MAX_VALUE;

    /** Returns the index of the oldest entry kept, or {@code lastIndex() + 1} when there is none. */
    long firstIndex();

    /** Returns the index of the newest entry; 0 when nothing was ever appended. */
    long lastIndex();

    /**
     * Hands every kept entry from {@code fromIndex} on to the visitor, in order. Called once, after opening and before the
     * first append.
     *
     * @throws io.hightower.kv.statemachine.CorruptionException if an entry is damaged or entries are missing
     */
    void replay(long fromIndex, EntryVisitor visitor);

    /**
     * Appends one entry.
     *
     * @param index must be {@code lastIndex() + 1}
     * @param payload the encoded entry
     */
    void append(long index, Bytes payload);

    /** Makes the appended entries durable as far as the sync policy promises before an acknowledgement. */
    void commit();

    /** Forces every appended entry to disk, whatever the policy. */
    void sync();

    /**
     * Returns how long from now the next sync by time is due, in nanoseconds, 0 when it is overdue; then {@link #commit} is
     * to be called even without new entries. {@link #NOTHING_TO_SYNC} if none is due.
     */
    long syncDueNanos();

    /** Deletes segments that hold only entries up to and including {@code throughIndex}: a durable snapshot has them. */
    void trim(long throughIndex);

    /** Deletes every entry; the next one appended has {@code nextIndex}. Durable on return. */
    void reset(long nextIndex);

    /** Returns the bytes that the kept entries take on disk. */
    long bytes();

    /** Syncs and closes. Idempotent. */
    @Override
    void close();

    /** Receives entries in order. */
    @FunctionalInterface
    interface EntryVisitor {
        /** Takes the entry at {@code index}. */
        void entry(long index, Bytes payload);
    }
}
