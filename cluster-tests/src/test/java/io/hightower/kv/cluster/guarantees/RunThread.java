package io.hightower.kv.cluster.guarantees;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A thread of a run that does something again and again until it is told to stop, and tells what it failed with. */
final class RunThread {
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread thread;

    /** What is done. */
    interface Work {
        void run(RunThread thread) throws InterruptedException;
    }

    RunThread(String name, Work work) {
        this.thread = new Thread(() -> run(work), "run-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Work work) {
        try {
            work.run(this);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            failure.set(e);
        }
    }

    boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /** Lets time pass, but not beyond the end. */
    void pause(long millis) throws InterruptedException {
        boolean unused = stopped.await(millis, TimeUnit.MILLISECONDS);
    }

    void stop() {
        stopped.countDown();
    }

    /** Waits for the end of the thread, and throws what it failed with. */
    void join(long secondsMax) throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(secondsMax));
        if (thread.isAlive()) {
            AssertionError stuck = new AssertionError("A thread of the run did not end: name=" + thread.getName());
            stuck.setStackTrace(thread.getStackTrace());
            throw stuck;
        }
        if (failure.get() != null) {
            throw new AssertionError("A thread of the run failed: name=" + thread.getName(), failure.get());
        }
    }
}
