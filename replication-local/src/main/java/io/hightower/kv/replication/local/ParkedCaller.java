package io.hightower.kv.replication.local;

import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread that sleeps until its command has an outcome. Cheaper than a future: one field and one wake-up.
 *
 * <p>It may be called upon to apply its group, and those before it, itself: it has to be woken anyway, and so the writer
 * thread need not wake a thread only for that. <b>Threads.</b> {@link #await} belongs to the thread that made the object;
 * the rest is thread-safe.
 */
final class ParkedCaller implements Answer {
    /** What the caller was told besides an outcome. */
    private enum Word {
        APPLY,
        GIVEN_UP
    }

    private final Thread thread = Thread.currentThread();
    private final Runnable applying;

    /** A {@link Result}, a {@link HightowerException} or a {@link Word}; null at first. */
    private final AtomicReference<@Nullable Object> heard = new AtomicReference<>();

    /** {@code applying} applies every group that is logged, this caller's included. */
    ParkedCaller(Runnable applying) {
        this.applying = applying;
    }

    @Override
    public void complete(Result result) {
        tell(result);
    }

    @Override
    public void fail(HightowerException why) {
        tell(why);
    }

    private void tell(Object outcome) {
        Object before = heard.get();
        while (before == null || before == Word.APPLY) {
            if (heard.compareAndSet(before, outcome)) {
                wake();
                return;
            }
            before = heard.get();
        }
    }

    /** Calls upon the caller to apply what is logged. False if it is not there for that any more. */
    boolean appoint() {
        if (!heard.compareAndSet(null, Word.APPLY)) {
            return false;
        }
        wake();
        return true;
    }

    private void wake() {
        if (thread != Thread.currentThread()) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Sleeps until the outcome is there and returns or throws it.
     *
     * @throws OutcomeUnknownException if the thread is interrupted meanwhile; its interrupt flag stays set
     */
    Result await() {
        boolean interrupted = false;
        try {
            while (true) {
                Object now = heard.get();
                if (now == Word.APPLY) {
                    applying.run();
                } else if (now != null) {
                    return outcome(now);
                } else if (interrupted && heard.compareAndSet(null, Word.GIVEN_UP)) {
                    throw new OutcomeUnknownException(
                            "Interrupted while waiting for the result; the command may still take effect");
                } else {
                    LockSupport.park(this);
                    // Cleared, because a thread with the flag set does not park.
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Result outcome(Object told) {
        if (told instanceof HightowerException why) {
            throw why;
        }
        return (Result) told;
    }
}
