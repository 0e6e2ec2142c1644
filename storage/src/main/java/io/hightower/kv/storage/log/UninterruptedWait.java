package io.hightower.kv.storage.log;

import java.util.function.BooleanSupplier;

/** Waiting for work in the background to end. */
final class UninterruptedWait {
    private UninterruptedWait() {}

    /** Waits on a monitor until {@code busy} is false there; an interrupt ends nothing, and is left to the caller. */
    static void whileBusy(Object monitor, BooleanSupplier busy) {
        boolean interrupted = false;
        synchronized (monitor) {
            while (busy.getAsBoolean()) {
                try {
                    monitor.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
