package io.hightower.kv.replication.ratis;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the named daemon threads of a member, and waits for their end. */
final class MemberThreads {
    private static final System.Logger LOGGER = System.getLogger(MemberThreads.class.getName());

    /** Longer than anything takes that can be interrupted, or that does not depend on others. */
    private static final Duration ENDING_MAX = Duration.ofSeconds(10);

    private MemberThreads() {}

    static ThreadFactory named(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Interrupts a thread and waits until it has ended, for ten seconds or until this one is interrupted. */
    static void end(Thread thread) {
        if (thread == Thread.currentThread()) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(ENDING_MAX.toMillis());
            if (thread.isAlive()) {
                LOGGER.log(System.Logger.Level.WARNING, "A thread does not end: name={0}", thread.getName());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Interrupts the threads of an executor and waits as {@link #end(Thread)} does. */
    static void end(ExecutorService executor, String what) {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(ENDING_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.log(System.Logger.Level.WARNING, "A thread does not end: name={0}", what);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
