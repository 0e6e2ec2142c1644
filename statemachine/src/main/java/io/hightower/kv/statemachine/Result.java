package io.hightower.kv.statemachine;

import java.util.List;

/**
 * What applying one command did: one record per {@link Command}. Outcomes that all members must agree on, such as a stale
 * version, are results and never exceptions.
 *
 * <p><b>Immutable.</b>
 */
public sealed interface Result {
    /** Returns the main revision of the store after the command. */
    long revision();

    /** Calls the one method of {@code cases} that fits this result. */
    <R> R match(Cases<R> cases);

    /**
     * Answers {@link Command.Put}.
     *
     * @param revision the store's revision after the command
     * @param outcome {@code APPLIED} or {@code IGNORED_STALE}
     * @param writeVersion the write version that the key holds now
     */
    record PutResult(long revision, ApplyOutcome outcome, long writeVersion) implements Result {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.put(this);
        }
    }

    /**
     * Answers {@link Command.Delete}.
     *
     * @param revision the store's revision after the command
     * @param outcome {@code REMOVED} or {@code IGNORED_STALE}
     * @param existed whether the command ended the life of a key that held a value
     */
    record DeleteResult(long revision, ApplyOutcome outcome, boolean existed) implements Result {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.delete(this);
        }
    }

    /**
     * Answers {@link Command.DeleteRange}.
     *
     * @param revision the store's revision after the command
     * @param deleted how many keys held a value and hold none now
     */
    record DeleteRangeResult(long revision, long deleted) implements Result {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.deleteRange(this);
        }
    }

    /**
     * Answers {@link Command.Batch}.
     *
     * @param revision the store's revision after the command
     * @param results one per command of the batch, in its order
     */
    record BatchResult(long revision, List<Result> results) implements Result {
        /** Copies the list. */
        public BatchResult {
            results = List.copyOf(results);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.batch(this);
        }
    }

    /**
     * Answers {@link Command.ReleaseTombstones}.
     *
     * @param revision the store's revision, which the command did not move
     * @param released how many tombstones were forgotten
     * @param more whether releasable ones are left because the command's count was reached
     */
    record ReleaseResult(long revision, int released, boolean more) implements Result {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.release(this);
        }
    }

    /** One method per result, see {@link Command.Cases}. */
    interface Cases<R> {
        /** Handles the result of a put. */
        R put(PutResult result);

        /** Handles the result of a delete. */
        R delete(DeleteResult result);

        /** Handles the result of a range delete. */
        R deleteRange(DeleteRangeResult result);

        /** Handles the result of a batch. */
        R batch(BatchResult result);

        /** Handles the result of a release of tombstones. */
        R release(ReleaseResult result);
    }
}
