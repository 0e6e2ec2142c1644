package io.hightower.kv.statemachine;

import java.util.List;

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
     */
    record Put(Bytes key, Bytes value, long version) implements Command {
        /** Checks the key's length and the version's sign. */
        public Put {
            Limits.requireKey(key);
            Limits.requireVersion(version);
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
     */
    record DeleteRange(KeyRange range) implements Command {
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
     * @param commands puts, deletes and range deletes; at least one
     */
    record Batch(List<Command> commands) implements Command {
        /** Copies the list and refuses an empty one and anything but puts, deletes and range deletes in it. */
        public Batch {
            commands = List.copyOf(commands);
            if (commands.isEmpty()) {
                throw new IllegalArgumentException("A batch needs at least one command");
            }
            for (Command command : commands) {
                if (command instanceof Batch || command instanceof ReleaseTombstones) {
                    throw new IllegalArgumentException("A batch holds puts and deletes only: found="
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
    }
}
