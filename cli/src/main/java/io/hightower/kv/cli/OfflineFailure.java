package io.hightower.kv.cli;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.DirectoryInUseException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.StorageException;

/** What a failure means to a command that looks at files without opening the store. */
final class OfflineFailure {
    private OfflineFailure() {}

    static Failure of(StorageException failure) {
        String text = String.valueOf(failure.getMessage());
        if (failure instanceof DirectoryInUseException) {
            return new Failure(ExitCode.DIRECTORY_IN_USE, text + "; stop the holder, or look at a checkpoint");
        }
        if (failure instanceof CorruptionException) {
            return new Failure(ExitCode.DAMAGED, text);
        }
        if (failure instanceof FormatException) {
            return new Failure(ExitCode.FORMAT, text);
        }
        return new Failure(ExitCode.DISK, text + "; check the disk and the permissions");
    }
}
