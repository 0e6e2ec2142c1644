package io.hightower.kv.storage.log;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Brings what was written without a sync to the disk while more is written: so the sync at the end of a segment, for which a
 * writer waits, finds little to do. It promises nothing to anybody. <b>Used by one thread at a time</b>; the syncs run in
 * the background, one at a time.
 */
final class WriteBack {
    /** About a twentieth of a second of sequential writing. */
    static final long STEP_BYTES = 8 << 20;

    private final Executor background;
    private final Consumer<RuntimeException> onFailure;
    private long bytes;

    /** Guards what follows. */
    private final Object lock = new Object();

    private boolean running;

    /** {@code onFailure} must stop all writing. */
    WriteBack(Executor background, Consumer<RuntimeException> onFailure) {
        this.background = background;
        this.onFailure = onFailure;
    }

    /** Says that so many bytes were written to a segment without a sync. */
    void written(SegmentWriter segment, long count) {
        bytes += count;
        if (bytes < STEP_BYTES) {
            return;
        }
        synchronized (lock) {
            if (running) {
                return;
            }
            running = true;
        }
        bytes = 0;
        try {
            background.execute(() -> sync(segment));
        } catch (RejectedExecutionException e) {
            // Who has shut the executor down closes the log next.
            end();
        } catch (Throwable e) {
            end();
            throw e;
        }
    }

    private void sync(SegmentWriter segment) {
        try {
            segment.writeBack();
        } catch (RuntimeException e) {
            onFailure.accept(e);
        } finally {
            end();
        }
    }

    private void end() {
        synchronized (lock) {
            running = false;
            lock.notifyAll();
        }
    }

    /** Returns once no segment is synced any more: it may be closed. */
    void await() {
        UninterruptedWait.whileBusy(lock, () -> running);
    }
}
