package io.hightower.kv.cli;

import io.hightower.kv.client.UnexpectedAnswerException;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.DirectoryInUseException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.MemberRefusedException;
import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * A failure as the operator hears of it: an exit code, and one line that says what happened and what to do. <b>Immutable.</b>
 *
 * @param exitCode one of {@link ExitCode}
 * @param line what happened; what to do
 */
record Failure(int exitCode, String line) {
    /** Returns what a failure of a server, or of its start, means. */
    static Failure ofServer(Throwable thrown) {
        Throwable failure = root(thrown);
        String text = text(failure);
        Optional<Failure> address = AddressFailure.of(failure, text);
        if (address.isPresent()) {
            return address.get();
        }
        if (failure instanceof DirectoryInUseException) {
            return new Failure(ExitCode.DIRECTORY_IN_USE, text + "; stop the holder or choose another with --data-dir");
        }
        if (failure instanceof CorruptionException) {
            return new Failure(
                    ExitCode.DAMAGED,
                    text
                            + "; nothing was changed: copy the directory away, then restore it or begin with an empty one");
        }
        if (failure instanceof FormatException) {
            return new Failure(
                    ExitCode.FORMAT,
                    text + "; nothing was changed: open it with what wrote it, or choose another directory");
        }
        if (failure instanceof DiskFullException) {
            return new Failure(ExitCode.DISK, text + "; free space and start again: nothing acknowledged is lost");
        }
        if (failure instanceof MemberRefusedException) {
            return new Failure(ExitCode.REMOVED, text);
        }
        if (failure instanceof ReadUnavailableException) {
            return new Failure(ExitCode.UNAVAILABLE, text);
        }
        if (failure instanceof StorageException || failure instanceof IOException) {
            return new Failure(ExitCode.DISK, text + "; check the disk and the permissions, then start again");
        }
        if (failure instanceof IllegalArgumentException) {
            return new Failure(ExitCode.USAGE, FlagNames.in(text) + "; see hightower server --help");
        }
        return internal(failure);
    }

    /** Returns what a failure of a request to a server means. */
    static Failure ofRequest(Throwable thrown) {
        Throwable failure = root(thrown);
        if (failure instanceof MembershipException) {
            return new Failure(ExitCode.NO, text(failure));
        }
        if (failure instanceof HightowerException
                || failure instanceof UnexpectedAnswerException
                || failure instanceof IOException) {
            return new Failure(ExitCode.UNAVAILABLE, text(failure));
        }
        if (failure instanceof IllegalArgumentException) {
            return new Failure(ExitCode.USAGE, text(failure));
        }
        return internal(failure);
    }

    private static Failure internal(Throwable failure) {
        return new Failure(
                ExitCode.INTERNAL, "internal error: " + failure + "; this is a defect, HIGHTOWER_DEBUG=1 shows where");
    }

    /** Returns the failure below the wrappers that threads and futures put around it. */
    private static Throwable root(Throwable thrown) {
        Throwable failure = thrown;
        boolean wrapped = failure instanceof CompletionException || failure instanceof ExecutionException;
        while (wrapped && failure.getCause() != null) {
            failure = failure.getCause();
            wrapped = failure instanceof CompletionException || failure instanceof ExecutionException;
        }
        return failure;
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
