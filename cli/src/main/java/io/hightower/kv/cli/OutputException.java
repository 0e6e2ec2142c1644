package io.hightower.kv.cli;

import java.io.IOException;

/** The standard output takes no more. */
final class OutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What Unix says when the reader of a pipe is gone. */
    private static final String BROKEN_PIPE = "Broken pipe";

    OutputException(IOException cause) {
        super(cause);
    }

    /** Tells whether the reader went away, which is its good right. */
    boolean nobodyReads() {
        return failure().line().contains(BROKEN_PIPE);
    }

    Failure failure() {
        return new Failure(ExitCode.DISK, "cannot write to the standard output: " + getCause());
    }
}
