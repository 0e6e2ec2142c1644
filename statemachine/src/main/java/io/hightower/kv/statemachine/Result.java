package io.hightower.kv.statemachine;

import java.util.List;
import java.util.Optional;

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
     * @param previous what the key held before, if that was asked for and it held something
     */
    record PutResult(long revision, ApplyOutcome outcome, long writeVersion, Optional<KeyValue> previous)
            implements Result {
        /** Makes a result that does not show what was there before. */
        public PutResult(long revision, ApplyOutcome outcome, long writeVersion) {
            this(revision, outcome, writeVersion, Optional.empty());
        }

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
     * @param previous what they held, in key order, if that was asked for
     */
    record DeleteRangeResult(long revision, long deleted, List<KeyValue> previous) implements Result {
        /** Copies the list. */
        public DeleteRangeResult {
            previous = List.copyOf(previous);
        }

        /** Makes a result that does not show what was deleted. */
        public DeleteRangeResult(long revision, long deleted) {
            this(revision, deleted, List.of());
        }

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
     * Answers {@link Command.ReleaseTombstones} and {@link Command.ExpireSessions}.
     *
     * @param revision the store's revision, which the command did not move
     * @param released how many tombstones or sessions were forgotten
     * @param more whether more of them could be forgotten, and are left because the command's count was reached
     */
    record ReleaseResult(long revision, int released, boolean more) implements Result {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.release(this);
        }
    }

    /**
     * Answers {@link RangeRequest}.
     *
     * @param revision the newest revision of the store, whatever revision was read; in a transaction, its own once it changed
     *     something
     * @param keyValues what was found, in the order asked for
     * @param more whether the limit held back keys that passed the filter
     * @param count how many keys of the range hold a value at the revision that was read, whatever filter and limit are
     */
    record RangeResult(long revision, List<KeyValue> keyValues, boolean more, long count) implements Result {
        /** Copies the list. */
        public RangeResult {
            keyValues = List.copyOf(keyValues);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.range(this);
        }
    }

    /**
     * Answers {@link Command.Txn}.
     *
     * @param revision the store's revision after the command
     * @param succeeded whether all conditions held
     * @param results one per operation of the branch taken, in its order
     */
    record TxnResult(long revision, boolean succeeded, List<Result> results) implements Result {
        /** Copies the list. */
        public TxnResult {
            results = List.copyOf(results);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.txn(this);
        }
    }

    /**
     * Answers {@link Command.Compact}.
     *
     * @param revision the store's revision, which the command did not move
     * @param compactRevision the oldest revision that can be read from now on
     */
    record CompactResult(long revision, long compactRevision) implements Result {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.compact(this);
        }
    }

    /**
     * Answers {@link Command.GrantLease} and {@link Command.RenewLease}.
     *
     * @param revision the store's revision, which the command did not move
     * @param id which lease
     * @param ttlSeconds its time-to-live; 0 if there is no lease to renew
     */
    record LeaseResult(long revision, long id, long ttlSeconds) implements Result {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.lease(this);
        }
    }

    /**
     * Answers {@link Command.RevokeLease} and {@link Command.ExpireLease}.
     *
     * @param revision the store's revision after the command
     * @param revoked whether the lease ended; false if it was not due or is not there
     * @param deleted how many keys hung on it
     */
    record RevokeResult(long revision, boolean revoked, long deleted) implements Result {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.revoke(this);
        }
    }

    /**
     * Answers {@link Command.AdvanceTime}.
     *
     * @param revision the store's revision, which the command did not move
     * @param logicalTimeMillis the logical time now
     */
    record TimeResult(long revision, long logicalTimeMillis) implements Result {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.time(this);
        }
    }

    /**
     * Answers {@link Command.WriteSystem}.
     *
     * @param revision the store's revision, which the command did not move
     * @param written whether all records were as expected and were written; else nothing was
     * @param systemRevision how many changes the system key space has seen
     */
    record SystemResult(long revision, boolean written, long systemRevision) implements Result {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.system(this);
        }
    }

    /**
     * Answers {@link Command.OpenSession} and {@link Command.CloseSession}. A {@link Command.InSession} is answered by the
     * result of the command inside.
     *
     * @param revision the store's revision, which the command did not move
     * @param id which session
     * @param ttlMillis its time-to-live; 0 after it was closed
     */
    record SessionResult(long revision, long id, long ttlMillis) implements Result {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.session(this);
        }
    }

    /**
     * Answers any command that could not be carried out in the state that it met. It changed nothing.
     *
     * @param revision the store's revision, which the command did not move
     * @param refusal why
     * @param compactRevision the oldest revision that can be read; 0 if nothing was compacted
     */
    record Refused(long revision, Refusal refusal, long compactRevision) implements Result {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.refused(this);
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

        /** Handles the result of a reading. */
        R range(RangeResult result);

        /** Handles the result of a transaction. */
        R txn(TxnResult result);

        /** Handles the result of a compaction. */
        R compact(CompactResult result);

        /** Handles the result of a grant or renewal. */
        R lease(LeaseResult result);

        /** Handles the result of a revocation or expiry. */
        R revoke(RevokeResult result);

        /** Handles the result of passed time. */
        R time(TimeResult result);

        /** Handles the result of a write of the system key space. */
        R system(SystemResult result);

        /** Handles the result of opening or closing a session. */
        R session(SessionResult result);

        /** Handles a refusal. */
        R refused(Refused result);
    }
}
