package io.hightower.kv.statemachine.watch;

import io.hightower.kv.statemachine.KeyRange;

/**
 * What is to be watched. <b>Immutable.</b>
 *
 * @param range the keys; may not be empty
 * @param startRevision the main revision of the first change that is wanted, the compact revision at the earliest; it may lie
 *     in the future. {@link #FROM_NOW} for what comes after the call
 * @param changes which kinds of change are wanted
 * @param previous whether events show what the key held before
 * @param progress whether a {@link WatchMessage.Progress} comes now and then while there are no events
 * @param fragmentBytes events of a message are cut into several ones of about so many bytes; {@link #WHOLE} for never within
 *     a revision
 */
public record WatchRequest(
        KeyRange range, long startRevision, Changes changes, boolean previous, boolean progress, int fragmentBytes) {
    /** In {@link #startRevision}: the revision after the newest. */
    public static final long FROM_NOW = 0;

    /** In {@link #fragmentBytes}: a revision is never cut. */
    public static final int WHOLE = 0;

    /** Which kinds of change are wanted. */
    public enum Changes {
        /** Puts and deletes. */
        ALL,
        /** Puts only. */
        PUTS,
        /** Deletes only, ends of leases included. */
        DELETES,
        /** Neither: such a watch tells of progress alone. */
        NONE;

        /** Tells whether a change of that kind is wanted. */
        public boolean include(WatchEvent.Kind kind) {
            return this == ALL || this == (kind == WatchEvent.Kind.PUT ? PUTS : DELETES);
        }
    }

    /** Refuses an empty range and negative numbers. */
    public WatchRequest {
        if (range.isEmpty()) {
            throw new IllegalArgumentException("An empty range cannot be watched: range=" + range);
        }
        if (startRevision < 0 || fragmentBytes < 0) {
            throw new IllegalArgumentException(
                    "Watching needs a revision and a size that are not negative: startRevision=" + startRevision
                            + " fragmentBytes=" + fragmentBytes);
        }
    }

    /** Returns a watch of every change in the range from now on. */
    public static WatchRequest of(KeyRange range) {
        return new WatchRequest(range, FROM_NOW, Changes.ALL, false, false, WHOLE);
    }

    /** Returns the same watch from another revision on. */
    public WatchRequest from(long revision) {
        return new WatchRequest(range, revision, changes, previous, progress, fragmentBytes);
    }

    /** Returns the same watch for other kinds of change. */
    public WatchRequest only(Changes wanted) {
        return new WatchRequest(range, startRevision, wanted, previous, progress, fragmentBytes);
    }

    /** Returns the same watch, showing what keys held before. */
    public WatchRequest withPrevious() {
        return new WatchRequest(range, startRevision, changes, true, progress, fragmentBytes);
    }

    /** Returns the same watch, with progress now and then. */
    public WatchRequest withProgress() {
        return new WatchRequest(range, startRevision, changes, previous, true, fragmentBytes);
    }

    /** Returns the same watch, with long messages cut. */
    public WatchRequest inFragmentsOf(int bytes) {
        return new WatchRequest(range, startRevision, changes, previous, progress, bytes);
    }
}
