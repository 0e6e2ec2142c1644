package io.hightower.kv.statemachine.watch;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An open watch. It is read from: whoever is slow holds up nobody, because what he has not taken yet is read from history
 * later, as long as that is kept.
 *
 * <p><b>Ordering.</b> {@link WatchMessage.Created} comes first. Events are ordered by revision, each comes once, and none is
 * left out; a revision comes whole. Nothing follows {@link WatchMessage.Canceled}. <b>Durability.</b> An event is given once
 * its change is applied here, which is after it was made as durable as promised. <b>Threads.</b> Thread-safe; messages are
 * given in order only to one reader at a time. <b>Lifetime.</b> Until it is closed, canceled, or the store is closed.
 */
public interface Watch extends AutoCloseable {
    /** Returns the next message if there is one; never waits, and never reads from the disk. */
    Optional<WatchMessage> poll();

    /**
     * Waits for the next message, for so long at most.
     *
     * @throws InterruptedException if the thread is interrupted; nothing is lost
     */
    Optional<WatchMessage> await(Duration atMost) throws InterruptedException;

    /**
     * Has {@code ready} run soon after {@link #poll}, which had nothing to give, has something again; and once at the call. It
     * runs on a thread of the engine, sometimes for nothing, and must neither block nor take long. Replaces an earlier one.
     */
    void onReady(Runnable ready);

    /**
     * Asks for a {@link WatchMessage.Progress} of at least the present revision of this member's state: it comes once all
     * that was to be given up to there has been. Asked again before it came, it still comes once.
     */
    void requestProgress();

    /**
     * Returns a revision up to which every wanted change was given; nothing while there is something to give, or to be read
     * from history, or before the start revision. Cheap, never blocks.
     */
    OptionalLong through();

    /** Ends the watch: one {@link WatchMessage.Canceled} may still be read. Idempotent. */
    @Override
    void close();
}
