package io.hightower.kv.engine;

import io.hightower.kv.statemachine.session.Surroundings;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the sessions of an engine need of the world: a thread that keeps time, and workers that do what is due. Thread-safe.
 *
 * <p>Closed after the replication, which by then refuses every command: what waits for its time runs at once, and every call
 * still open ends with what is true of it.
 */
final class SessionSurroundings implements Surroundings, AutoCloseable {
    private final Executor workers;
    private final ScheduledThreadPoolExecutor timer;
    private final SecureRandom random = new SecureRandom();
    private final Set<Due> open = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Has what is due run on {@code workers}. */
    SessionSurroundings(Executor workers) {
        this.workers = workers;
        this.timer = new ScheduledThreadPoolExecutor(1, EngineThreads.named("hightower-session"));
        timer.setRemoveOnCancelPolicy(true);
    }

    @Override
    public long random() {
        return random.nextLong();
    }

    @Override
    public Appointment later(long nanos, Runnable task) {
        Due due = new Due(task);
        open.add(due);
        try {
            Runnable timed = () -> handOver(due);
            ScheduledFuture<?> waiting = timer.schedule(timed, nanos, TimeUnit.NANOSECONDS);
            if (closed.get()) {
                due.run();
            }
            return () -> {
                waiting.cancel(false);
                open.remove(due);
            };
        } catch (RejectedExecutionException e) {
            due.run();
            return () -> {};
        }
    }

    private void handOver(Due due) {
        try {
            workers.execute(due);
        } catch (RejectedExecutionException e) {
            due.run();
        }
    }

    @Override
    public void close() {
        closed.set(true);
        EngineThreads.stop(timer);
        // What runs may leave more behind, which then runs at once.
        open.forEach(Due::run);
    }

    /** A task that runs once, whoever comes first. */
    private final class Due implements Runnable {
        private final Runnable task;

        Due(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (open.remove(this)) {
                task.run();
            }
        }
    }
}
