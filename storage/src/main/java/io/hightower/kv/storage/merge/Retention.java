package io.hightower.kv.storage.merge;

import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;

/**
 * Decides, version by version, what a merge keeps. This is the only place that lets data go.
 *
 * <p>Given is a <i>horizon</i>: nobody reads at a main revision below it any more. A read at main revision R sees the newest
 * version of a key whose main revision is R or less. So a version is seen by nobody, and is dropped, if and only if
 *
 * <ol>
 *   <li>a newer version of the key has a main revision at or below the horizon: every read sees that one or one newer still;
 *   <li>or a newer version has the same main revision: what one command wrote and overwrote itself;
 *   <li>or it is an erased tombstone at or below the horizon, made before the oldest change that anybody asks for, and no
 *       older run that the merge leaves alone can hold the key: then finding nothing says the same. Otherwise it stays,
 *       because it hides what is older, or is itself what changed.
 * </ol>
 *
 * <p>A tombstone that is not erased guards its key against stale explicit versions, so it goes only by the first two. Which
 * tombstones are released is decided by a replicated command, never by a merge.
 *
 * <p>Views need no regard: each keeps the runs that it reads. The horizon covers those that are yet to be opened. <b>Used by
 * one thread at a time.</b>
 */
public final class Retention {
    private final long horizon;
    private final long oldestChange;
    private final OlderRuns older;

    /** Whether a newer version of the key has a main revision at or below the horizon. */
    private boolean covered;

    /** The main revision of the version before, of the same key; 0, which no version has, for the first. */
    private long newerMain;

    /** What lies below the output of a merge. */
    @FunctionalInterface
    public interface OlderRuns {
        /** Nothing is older. */
        OlderRuns NONE = at -> false;

        /** Anything may be there. */
        OlderRuns ANYTHING = at -> true;

        /**
         * Tells whether a run that is older than what is merged, and not merged, may hold versions of the key on which the
         * cursor stands. Keys are asked in ascending order, a key at most once. True if in doubt.
         */
        boolean mayHold(VersionCursor at);
    }

    /**
     * Begins a merge.
     *
     * @param horizon the oldest main revision at which anybody may still begin to read; 0 keeps everything that a read can
     *     see
     * @param oldestChange the oldest main revision whose changes anybody may still ask for: the horizon, or one more than
     *     it if its changes are not asked for
     * @param older what lies below the output
     */
    public Retention(long horizon, long oldestChange, OlderRuns older) {
        this.horizon = horizon;
        this.oldestChange = oldestChange;
        this.older = older;
    }

    /** Says that the next version to be judged is the newest of another key. */
    public void nextKey() {
        covered = false;
        newerMain = 0;
    }

    /** Tells whether the version on which the cursor stands is kept. Each version is asked once, newest first. */
    public boolean keeps(VersionCursor at) {
        long main = at.main();
        boolean hidden = covered || main == newerMain;
        newerMain = main;
        if (hidden) {
            return false;
        }
        covered = main <= horizon;
        return !(covered && main < oldestChange && at.kind() == VersionKind.ERASED && !older.mayHold(at));
    }
}
