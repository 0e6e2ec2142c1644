package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.Greetings.Reach;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The thread that decides about members: changes that are asked for, the configuration, addresses and greetings; what is not
 * asked for once a second, or more often if elections are quick. <b>Thread-safe.</b>
 */
final class MembershipLoop implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(MembershipLoop.class.getName());

    private static final long REVIEW_MILLIS_MAX = 1000;
    private static final long GREETING_MILLIS = 100;

    /** More changes of members than this do not wait; those that come are refused. */
    private static final int TASKS_MAX = 100;

    private final Work work;
    private final long reviewMillis;
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>(TASKS_MAX);
    private final Thread thread = MemberThreads.named("hightower-membership").newThread(this::run);
    private volatile boolean closed;

    /** What is done on the thread. */
    record Work(Roster roster, RaftMember member, ConfigurationKeeper keeper, Greetings greetings, MemberLife life) {}

    MembershipLoop(Work work, RatisOptions.Timeouts timeouts) {
        this.work = work;
        this.reviewMillis =
                Math.min(REVIEW_MILLIS_MAX, Math.max(1, timeouts.electionMin().toMillis() / 2));
    }

    void start() {
        thread.start();
    }

    /** Has a task run on the thread; false if there are too many, or the thread has ended. */
    boolean submit(Runnable task) {
        return !closed && tasks.offer(task);
    }

    private void run() {
        long reviewedNanos = System.nanoTime();
        try {
            while (!closed) {
                // Nobody is elected before the founders have greeted each other.
                long pauseMillis =
                        work.greetings().isAwaited() ? Math.min(GREETING_MILLIS, reviewMillis) : reviewMillis;
                Runnable task = tasks.poll(pauseMillis, TimeUnit.MILLISECONDS);
                if (task != null) {
                    guarded(task);
                }
                if (task != null || System.nanoTime() - reviewedNanos >= TimeUnit.MILLISECONDS.toNanos(pauseMillis)) {
                    guarded(this::review);
                    reviewedNanos = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Error e) {
            work.life().die("The thread that decides about members failed", e);
        }
    }

    private void review() {
        work.roster().refresh();
        int format = work.roster().format();
        if (!work.roster().formats().contains(format)) {
            work.life()
                    .die(
                            "This member cannot work in the cluster",
                            new IllegalStateException(work.roster().formats().refusal(format)));
            return;
        }
        work.keeper().review();
        Role role = work.member().role();
        Reach reach = role == Role.LEADER || role == Role.FOLLOWER ? Reach.UNANSWERED : Reach.EVERYBODY;
        work.greetings().repeat(reach, new Greetings.Listener() {
            @Override
            public void unwelcome(String reason) {
                work.life().die("This member must not take part", new IllegalStateException(reason));
            }

            @Override
            public void removed(String reason) {
                work.life().leave(reason);
            }
        });
    }

    /** A task that fails must not keep the others from being done. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "A duty about members failed and will be tried again", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        MemberThreads.end(thread);
    }
}
