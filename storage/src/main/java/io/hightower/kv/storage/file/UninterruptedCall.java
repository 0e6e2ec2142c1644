package io.hightower.kv.storage.file;

import io.hightower.kv.statemachine.InvariantViolation;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Runs a short piece of work where no interrupt of the calling thread can reach it. */
final class UninterruptedCall {
    private final IoAction action;
    private @Nullable Throwable failure;

    private UninterruptedCall(IoAction action) {
        this.action = action;
    }

    /** Work that may fail. */
    interface IoAction {
        void run() throws IOException;
    }

    /** Returns when the work has ended, however often the caller is interrupted; its interrupt flag is kept. */
    static void run(String threadName, IoAction action) throws IOException {
        UninterruptedCall call = new UninterruptedCall(action);
        Thread thread = new Thread(call::runCatching, threadName);
        thread.setDaemon(true);
        thread.start();
        joinUninterrupted(thread);
        call.rethrow();
    }

    private void runCatching() {
        try {
            action.run();
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
    }

    private static void joinUninterrupted(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void rethrow() throws IOException {
        Throwable thrown = failure;
        if (thrown == null) {
            return;
        }
        if (thrown instanceof IOException io) {
            throw io;
        }
        if (thrown instanceof RuntimeException runtime) {
            throw runtime;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        throw new InvariantViolation("only these kinds are caught");
    }
}
