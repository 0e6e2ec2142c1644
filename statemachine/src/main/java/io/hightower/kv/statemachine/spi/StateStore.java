package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.SystemRecords;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The ordered records of the state machine, and the scalars that belong to them.
 *
 * <p><b>Ordering.</b> Edits follow one another; a view shows the store after a whole number of edits. <b>Durability.</b> An
 * edit is not durable when it is published: the log that it came from is. Records and {@link AppliedState} become durable
 * together, at a {@link #checkpoint}. <b>Threads.</b> {@link #edit} and {@link Staged#install} are confined to the apply
 * thread; the rest is thread-safe. <b>Failure.</b> Methods throw {@link io.hightower.kv.statemachine.StorageException} if
 * the disk fails; an edit that failed must not be followed by another.
 */
public interface StateStore extends AutoCloseable {
    /** Returned by {@link #writeDelayNanos}: do not write at present. */
    long WRITES_STOPPED = Long.MAX_VALUE;

    /** Returns the scalars after the last published edit. Cheap, never blocks. */
    AppliedState applied();

    /**
     * Begins the next edit. Nothing of it is seen by views until it is published.
     *
     * @implSpec an edit that is dropped instead of published leaves no trace
     */
    Edit edit();

    /** Opens a view of the store after the last published edit. The caller closes it. */
    StoreView view();

    /**
     * Returns the last position that is durable without the log: where replaying begins after a restart. Cheap, never
     * blocks. {@link LogPosition#START} before the first checkpoint.
     */
    LogPosition durable();

    /**
     * Makes everything published before the call durable without the log, while edits go on. One runs at a time; a second
     * caller waits.
     *
     * @return the position that is durable now, the same as {@link #durable}
     */
    LogPosition checkpoint();

    /** Returns the memory that the store takes, in bytes. Cheap, never blocks. */
    long memoryBytes();

    /**
     * Returns how long whoever proposes commands waits for each KiB of keys and values in them, in nanoseconds: the price of
     * writing, which rises smoothly while the store lags behind its writers. 0 when it does not; {@link #WRITES_STOPPED} when
     * nothing may be proposed until the store has caught up. Cheap, never blocks.
     */
    long writeDelayNanos();

    /**
     * Returns the failure after which the store writes nothing any more until it is reopened; nothing if there was none.
     * Cheap, never blocks.
     */
    default Optional<Throwable> failure() {
        return Optional.empty();
    }

    /** Returns what is wrong with the store, in a sentence for operators; nothing if all is well. Cheap, never blocks. */
    Optional<String> problem();

    /**
     * Does what is due by time, and tries again what failed for want of space. To be called every second or so; does not
     * wait for the disk.
     */
    default void tend() {
        // Nothing is due in a store that does everything at once.
    }

    /**
     * Applies retention to everything and merges what has garbage or overlaps, on the calling thread or while it waits;
     * includes a {@link #checkpoint}. Edits go on meanwhile.
     */
    void compact();

    /**
     * Makes everything published before the call durable and pins it. The caller closes it. Costs a {@link #checkpoint} and
     * no copying.
     */
    PinnedState pin();

    /**
     * Brings the files of a pinned state to this disk beside the live ones and verifies them to the last byte. The live
     * state is not touched. Files that are here already, with the same name, length and checksum, are not transferred
     * again, be it that the live state has them or an attempt that was broken off; one of which a part is here is continued.
     *
     * @throws io.hightower.kv.statemachine.CorruptionException if the bytes are damaged or cut short
     * @throws io.hightower.kv.statemachine.FormatException if they are not a snapshot that this release reads
     * @throws io.hightower.kv.statemachine.DiskFullException if the disk has no room for both states; nothing was transferred
     * @throws IOException if the source cannot be read; what arrived is kept for the next attempt
     */
    Staged stage(StateFiles source) throws IOException;

    /** Deletes what attempts to stage a state have left, unless one is under way: none will go on from there. */
    default void discardIncoming() {
        // Nothing is left where a state is staged in memory.
    }

    /** Lets go of memory and files. Does not checkpoint. Idempotent. */
    @Override
    void close();

    /** The state of one moment in files that do not change while they are pinned. Thread-safe. */
    interface PinnedState extends StateFiles, AutoCloseable {
        /** Returns the scalars of the moment. */
        AppliedState applied();

        /** Returns a view of the moment. It belongs to the pinned state and lives as long. */
        StoreView view();

        /** Lets go of the files. Idempotent. */
        @Override
        void close();
    }

    /** An exported state that was verified and waits to become the live one. */
    interface Staged extends AutoCloseable {
        /** Returns the scalars as exported. */
        AppliedState applied();

        /**
         * Makes the staged state the live and the durable one, at once. Views that are open keep showing the old one.
         * <b>Confined to the apply thread.</b>
         *
         * @param position where in the log the state counts as applied; not before what was durable so far
         */
        void install(LogPosition position);

        /** Discards the staged state unless it was installed. Idempotent. */
        @Override
        void close();
    }

    /** The changes of one log entry. Sees its own changes. <b>Confined to the apply thread.</b> */
    interface Edit {
        /** Returns the newest record of the key, a tombstone included; nothing when there is none. */
        Optional<KeyRecord> newest(Bytes key);

        /** Returns the records in the range that hold a value, in key order. */
        List<KeyRecord> live(KeyRange range);

        /**
         * Returns the oldest kept tombstones, by the revision at which they were written.
         *
         * @param throughRevision only tombstones of this main revision or older
         * @param countMax at most so many
         */
        List<KeyRecord> tombstones(long throughRevision, int countMax);

        /** Makes {@code written} the newest record of its key. */
        void write(KeyRecord written);

        /** Forgets a tombstone that is the newest record of its key. */
        void erase(KeyRecord tombstone);

        /** Returns the records of the system key space as this edit has them. */
        SystemRecords system();

        /** Makes other records those of the system key space. */
        void system(SystemRecords changed);

        /** Makes all changes visible at once, with {@code after} as the scalars that describe them. */
        void publish(AppliedState after);
    }
}
