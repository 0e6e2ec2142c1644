package io.hightower.kv.statemachine;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A change offered to replication. It carries every input that applying it needs, so that each member computes the same
 * result from it.
 *
 * <p><b>Immutable.</b> Constructors check what never depends on configuration (a key's length, a version's sign); the
 * request size is checked by {@link Limits} before a command is proposed.
 */
public sealed interface Command {
    /** In {@link Put#version} and {@link Delete#version}: the state machine chooses the write version. */
    long NO_VERSION = 0;

    /** Calls the one method of {@code cases} that fits this command. */
    <R> R match(Cases<R> cases);

    /** Returns a put without an explicit version. */
    static Put put(Bytes key, Bytes value) {
        return new Put(key, value, NO_VERSION);
    }

    /** Returns a delete without an explicit version. */
    static Delete delete(Bytes key) {
        return new Delete(key, NO_VERSION);
    }

    /**
     * Writes a value.
     *
     * <p>Without an explicit version it always applies and sets the key's write version to the greater of (stored write
     * version + 1) and the new revision. With one, it applies only if that version is greater than the stored write
     * version of the key's value or tombstone; else the result is {@link ApplyOutcome#IGNORED_STALE}.
     *
     * @param key 1 to {@value Limits#KEY_BYTES_MAX} bytes
     * @param value may be empty
     * @param version explicit write version from 1 to {@link Limits#VERSION_MAX}, or {@link #NO_VERSION}
     * @param options lease, and what is kept and shown
     */
    record Put(Bytes key, Bytes value, long version, PutOptions options) implements Command, TxnOp {
        /** Checks the key's length and the version's sign. */
        public Put {
            Limits.requireKey(key);
            Limits.requireVersion(version);
        }

        /** Makes a put without a lease and other options. */
        public Put(Bytes key, Bytes value, long version) {
            this(key, value, version, PutOptions.NONE);
        }

        @Override
        public <R> R matchOp(Kinds<R> kinds) {
            return kinds.put(this);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.put(this);
        }
    }

    /**
     * Ends a key's life and leaves a tombstone that keeps its write version, so that an older explicit version cannot
     * bring the key back.
     *
     * <p>Without an explicit version, deleting a key that holds no value changes nothing. With one, it applies if that
     * version is greater than the stored write version, also when the key holds no value: the tombstone is then written
     * all the same.
     *
     * @param key 1 to {@value Limits#KEY_BYTES_MAX} bytes
     * @param version explicit write version from 1 to {@link Limits#VERSION_MAX}, or {@link #NO_VERSION}
     */
    record Delete(Bytes key, long version) implements Command {
        /** Checks the key's length and the version's sign. */
        public Delete {
            Limits.requireKey(key);
            Limits.requireVersion(version);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.delete(this);
        }
    }

    /**
     * Deletes every key that holds a value in a range, as if by {@link Delete} without an explicit version, all under one
     * revision.
     *
     * @param range half-open; an empty range deletes nothing
     * @param previous whether the result shows what was deleted
     */
    record DeleteRange(KeyRange range, boolean previous) implements Command, TxnOp {
        /** Makes a range delete that does not show what it deletes. */
        public DeleteRange(KeyRange range) {
            this(range, false);
        }

        @Override
        public <R> R matchOp(Kinds<R> kinds) {
            return kinds.deleteRange(this);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.deleteRange(this);
        }
    }

    /**
     * Commands that become visible and durable together, under one revision, applied in order: a later command sees what
     * an earlier one did, and a key may occur more than once. A stale explicit version inside is ignored by itself and
     * does not hold up the others.
     *
     * @param commands puts without options, deletes and range deletes; at least one
     */
    record Batch(List<Command> commands) implements Command {
        /**
         * Copies the list and refuses an empty one and anything but puts without options, deletes and range deletes in it: a
         * batch has nothing that could be refused when it is applied.
         */
        public Batch {
            commands = List.copyOf(commands);
            if (commands.isEmpty()) {
                throw new IllegalArgumentException("A batch needs at least one command");
            }
            for (Command command : commands) {
                boolean plainPut = command instanceof Put put && put.options().equals(PutOptions.NONE);
                if (!plainPut && !(command instanceof Delete) && !(command instanceof DeleteRange)) {
                    throw new IllegalArgumentException("A batch holds plain puts and deletes only: found="
                            + command.getClass().getSimpleName());
                }
            }
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.batch(this);
        }
    }

    /**
     * Forgets the oldest tombstones, and with them the write versions that they guard. It moves no revision.
     *
     * <p>The proposer chooses the revision so that the configured grace has passed since; applying it depends on the state
     * alone.
     *
     * @param throughRevision tombstones of this main revision and older are released; 0 or more
     * @param countMax at most so many, the oldest first, so that applying one command stays short; 1 or more
     */
    record ReleaseTombstones(long throughRevision, int countMax) implements Command {
        /** Checks that the numbers are in range. */
        public ReleaseTombstones {
            if (throughRevision < 0 || countMax < 1) {
                throw new IllegalArgumentException("Releasing tombstones needs throughRevision >= 0 and countMax >= 1:"
                        + " throughRevision=" + throughRevision + " countMax=" + countMax);
            }
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.releaseTombstones(this);
        }
    }

    /**
     * Compares, then one of two branches, atomically and under one revision. Conditions, those of transactions inside included,
     * are about the state before the transaction; operations come in the order of their list, and each sees what those before it
     * did. If an operation on the way cannot be carried out, the whole has no effect and its result is {@link Result.Refused}.
     *
     * @param compares conditions; without any they hold
     * @param success what is done if all conditions hold
     * @param failure what is done if one does not
     */
    record Txn(List<Compare> compares, List<TxnOp> success, List<TxnOp> failure) implements Command, TxnOp {
        /** Deepest nesting; 1 is a transaction without one inside. Fixed, because it is part of what decoders accept. */
        public static final int DEPTH_MAX = 128;

        /** Copies the lists and refuses what is nested too deeply. */
        public Txn {
            compares = List.copyOf(compares);
            success = List.copyOf(success);
            failure = List.copyOf(failure);
            int depth = 1 + Math.max(depthOf(success), depthOf(failure));
            if (depth > DEPTH_MAX) {
                throw new IllegalArgumentException(
                        "Transactions are nested too deeply: depth=" + depth + " depthMax=" + DEPTH_MAX);
            }
        }

        private static int depthOf(List<TxnOp> ops) {
            int deepest = 0;
            for (TxnOp op : ops) {
                if (op instanceof Txn inner) {
                    deepest = Math.max(deepest, 1 + Math.max(depthOf(inner.success), depthOf(inner.failure)));
                }
            }
            return deepest;
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.txn(this);
        }

        @Override
        public <R> R matchOp(Kinds<R> kinds) {
            return kinds.txn(this);
        }
    }

    /**
     * Lets history before a revision go: reading at it works from then on, below it does not. It moves no revision.
     *
     * @param revision not beyond the store's, and beyond the compact revision so far
     */
    record Compact(long revision) implements Command {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.compact(this);
        }
    }

    /**
     * Grants a lease, from the logical time of the entry on.
     *
     * @param id chosen by the proposer; any number but 0
     * @param ttlSeconds 1 to {@value Lease#TTL_SECONDS_MAX}
     */
    record GrantLease(long id, long ttlSeconds) implements Command {
        /** Checks id and time-to-live. */
        public GrantLease {
            Lease.requireId(id);
            Lease.requireTtl(ttlSeconds);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.grantLease(this);
        }
    }

    /**
     * Ends a lease and deletes the keys that hang on it, in key order under one revision.
     *
     * @param id which lease
     */
    record RevokeLease(long id) implements Command {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.revokeLease(this);
        }
    }

    /**
     * Gives a lease its whole time-to-live again, from the logical time of the entry on. One that expired stays as it is.
     *
     * @param id which lease
     */
    record RenewLease(long id) implements Command {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.renewLease(this);
        }
    }

    /**
     * Revokes a lease if it expired at or before the logical time of the entry; else it changes nothing, because it was renewed
     * after the proposer looked.
     *
     * @param id which lease
     */
    record ExpireLease(long id) implements Command {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.expireLease(this);
        }
    }

    /** Changes nothing: its entry carries logical time. */
    record AdvanceTime() implements Command {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.advanceTime(this);
        }
    }

    /**
     * Opens a session that lives from the logical time of the entry on; see {@link SessionRecord}.
     *
     * @param id chosen by the proposer at random; any number but 0
     * @param ttlMillis {@value SessionRecord#TTL_MILLIS_LEAST} to {@value SessionRecord#TTL_MILLIS_MAX}
     */
    record OpenSession(long id, long ttlMillis) implements Command {
        /** Checks id and time-to-live. */
        public OpenSession {
            SessionRecord.requireId(id);
            SessionRecord.requireTtl(ttlMillis);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.openSession(this);
        }
    }

    /**
     * A command of a session. The next one in sequence is applied, and its result kept; the last one is not applied again, its
     * kept result is the answer, whatever command is offered under the number this time; any other is refused. A session
     * that expired or is not there refuses everything. Being refused for what it asks is a result, too, and is kept.
     *
     * @param session which session
     * @param sequence its number in the session, 1 or more: the first has 1, each one more than that before
     * @param command what users ask for: puts, deletes, range deletes, batches, transactions, compactions, grants, renewals
     *     and revocations of leases; or {@link AdvanceTime}, to take a number without an effect
     */
    record InSession(long session, long sequence, Command command) implements Command {
        /** Checks the numbers, and that the command is one that users ask for. */
        public InSession {
            SessionRecord.requireId(session);
            if (sequence < 1) {
                throw new IllegalArgumentException(
                        "The commands of a session are numbered from 1: sequence=" + sequence);
            }
            boolean isAskedFor = command instanceof TxnOp
                    || command instanceof Delete
                    || command instanceof Batch
                    || command instanceof Compact
                    || command instanceof GrantLease
                    || command instanceof RenewLease
                    || command instanceof RevokeLease
                    || command instanceof AdvanceTime;
            if (!isAskedFor) {
                throw new IllegalArgumentException("A session takes only what users ask for: found="
                        + command.getClass().getSimpleName());
            }
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.inSession(this);
        }
    }

    /**
     * Ends a session: no command of it is applied from then on.
     *
     * @param id which session
     */
    record CloseSession(long id) implements Command {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.closeSession(this);
        }
    }

    /**
     * Forgets sessions that expired at or before the logical time of the entry. Without it they would refuse every command as
     * well; it gives their room back.
     *
     * @param countMax at most so many, those with the smallest ids, so that applying one command stays short; 1 or more
     */
    record ExpireSessions(int countMax) implements Command {
        /** Checks that the number is in range. */
        public ExpireSessions {
            if (countMax < 1) {
                throw new IllegalArgumentException(
                        "Expiring sessions needs a count of 1 or more: countMax=" + countMax);
            }
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.expireSessions(this);
        }
    }

    /**
     * Writes records of the system key space, all of them or, if one is not as expected, none. It moves no revision of the data.
     *
     * @param writes at least one, each of another key, none of the keys that leases or sessions are kept under
     */
    record WriteSystem(List<SystemWrite> writes) implements Command {
        /** Copies the list and refuses an empty one, keys given twice and keys of leases and sessions. */
        public WriteSystem {
            writes = List.copyOf(writes);
            Set<Bytes> keys = new HashSet<>();
            for (SystemWrite write : writes) {
                boolean isForeign =
                        write.key().startsWith(LEASES) || write.key().startsWith(SESSIONS);
                if (!keys.add(write.key()) || isForeign) {
                    throw new IllegalArgumentException(
                            "Keys of the system key space are written once, and those of leases and sessions never: key="
                                    + write.key());
                }
            }
            if (writes.isEmpty()) {
                throw new IllegalArgumentException("A write of the system key space needs at least one record");
            }
        }

        /** What the keys of leases and their attachments begin with. */
        private static final Bytes LEASES = Bytes.utf8("lease");

        /** What the keys of sessions begin with. */
        private static final Bytes SESSIONS = Bytes.utf8("session/");

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.writeSystem(this);
        }
    }

    /**
     * One method per command, so that a new command breaks the build wherever somebody must think about it. (Java 21's
     * pattern switch would make this interface unnecessary.)
     */
    interface Cases<R> {
        /** Handles a put. */
        R put(Put command);

        /** Handles a delete. */
        R delete(Delete command);

        /** Handles a range delete. */
        R deleteRange(DeleteRange command);

        /** Handles a batch. */
        R batch(Batch command);

        /** Handles a release of tombstones. */
        R releaseTombstones(ReleaseTombstones command);

        /** Handles a transaction. */
        R txn(Txn command);

        /** Handles a compaction. */
        R compact(Compact command);

        /** Handles the grant of a lease. */
        R grantLease(GrantLease command);

        /** Handles the revocation of a lease. */
        R revokeLease(RevokeLease command);

        /** Handles the renewal of a lease. */
        R renewLease(RenewLease command);

        /** Handles the expiry of a lease. */
        R expireLease(ExpireLease command);

        /** Handles time that passed. */
        R advanceTime(AdvanceTime command);

        /** Handles a write of the system key space. */
        R writeSystem(WriteSystem command);

        /** Handles the opening of a session. */
        R openSession(OpenSession command);

        /** Handles a command of a session. */
        R inSession(InSession command);

        /** Handles the closing of a session. */
        R closeSession(CloseSession command);

        /** Handles the expiry of sessions. */
        R expireSessions(ExpireSessions command);
    }
}
