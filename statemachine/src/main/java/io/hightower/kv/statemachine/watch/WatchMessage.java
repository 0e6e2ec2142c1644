package io.hightower.kv.statemachine.watch;

import java.util.List;

/** What a {@link Watch} gives. <b>Immutable.</b> */
public sealed interface WatchMessage {
    /** Returns a main revision: the store's when it says something of the watch, and the last one whose events it ends. */
    long revision();

    /**
     * The first message of every watch.
     *
     * @param revision the store's revision when watching began
     */
    record Created(long revision) implements WatchMessage {}

    /**
     * Changes, in the order of their revisions; within one revision in the order in which they were made.
     *
     * @param revision that of the last of these events. Nothing at or before it is to come, unless {@code fragment} is true
     * @param events at least one
     * @param fragment whether the next message goes on with the same revision
     */
    record Events(long revision, List<WatchEvent> events, boolean fragment) implements WatchMessage {
        /** Copies the list. */
        public Events {
            events = List.copyOf(events);
        }
    }

    /**
     * A promise that every wanted change up to a revision was given.
     *
     * @param revision at or beyond the last event, and never before the start revision
     */
    record Progress(long revision) implements WatchMessage {}

    /**
     * The last message of a watch.
     *
     * @param revision the store's revision
     * @param reason why it ended
     * @param restartRevision with {@link Reason#COMPACTED}, the oldest revision at which another watch may begin; else 0
     */
    record Canceled(long revision, Reason reason, long restartRevision) implements WatchMessage {}

    /** Why a watch ended. */
    enum Reason {
        /** It was closed by who had opened it. */
        CLOSED,
        /** Some of the changes that it was to give are not kept any more. Read the state, then watch what comes after it. */
        COMPACTED,
        /** Another state was installed in the place of the one that was watched. Read it, then watch again. */
        STATE_REPLACED,
        /** The store was closed. */
        STORE_CLOSED,
        /** History could not be read, or watching has failed as a whole: the log of the process says why. */
        FAILED
    }
}
