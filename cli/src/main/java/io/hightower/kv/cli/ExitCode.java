package io.hightower.kv.cli;

/**
 * What the exit codes of the command mean; {@code docs/cli.md} lists them. Scripts depend on these numbers: never change
 * one, and never use one again for something else.
 */
final class ExitCode {
    /** The command did what was asked. */
    static final int OK = 0;

    /** The command ran, and the answer is no: the key is absent, lines were skipped, an output is not complete. */
    static final int NO = 1;

    /** The command line is wrong, or a value on it is. */
    static final int USAGE = 2;

    /** An address that the server needs cannot be listened on: in use, not of this machine, not allowed, not known. */
    static final int ADDRESS = 3;

    /** Somebody else has the data directory open. */
    static final int DIRECTORY_IN_USE = 4;

    /** Stored data is damaged. */
    static final int DAMAGED = 5;

    /** Stored data is in a format that this release does not read, or belongs to another mode. */
    static final int FORMAT = 6;

    /** The disk is full, fails or does not answer, or a file cannot be read or written. */
    static final int DISK = 7;

    /** The replication of a cluster member ended, so that it could only grow stale. */
    static final int REPLICATION = 8;

    /** The store cannot be reached, or cannot serve the request now. */
    static final int UNAVAILABLE = 9;

    /** The cluster does not take the member: it was removed, never added, or has lost what it was. Not cured by a restart. */
    static final int REMOVED = 10;

    /** The program is wrong. */
    static final int INTERNAL = 70;

    /** The reader of the output went away; nothing is said, as is usual in a pipeline. */
    static final int BROKEN_PIPE = 141;

    private ExitCode() {}
}
