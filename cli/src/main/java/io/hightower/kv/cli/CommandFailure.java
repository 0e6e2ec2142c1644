package io.hightower.kv.cli;

/** A command cannot do its work, for a reason that it knows how to tell. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /** States the exit code and the line. */
    CommandFailure(int exitCode, String line) {
        super(line);
        this.exitCode = exitCode;
    }

    /** States what the failure says, and keeps the cause. */
    CommandFailure(Failure failure, Throwable cause) {
        super(failure.line(), cause);
        this.exitCode = failure.exitCode();
    }

    Failure failure() {
        String line = getMessage();
        return new Failure(exitCode, line == null ? "" : line);
    }
}
