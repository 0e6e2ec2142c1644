package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.read.ConfirmationRounds;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a member does by the clock: fails requests whose time is up, and watches whether it is still
 * alive. <b>Confined to its one thread.</b>
 */
final class MemberDuties implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(MemberDuties.class.getName());

    private static final long EXPIRE_EVERY_MILLIS = 50;

    /** The watch comes once a second. */
    private static final int WATCH_EVERY_TURNS = 20;

    /** A state that was installed but not taken over by Ratis keeps this member from following; restarting cures it. */
    private static final Duration UNANNOUNCED_MAX = Duration.ofSeconds(60);

    /** So often a problem is seen before the member dies of it. */
    private static final int PROBLEM_TURNS = 2;

    private final MemberLife life;
    private final RaftMember member;
    private final KvStateMachine stateMachine;
    private final Requests requests;
    private final CountDownLatch stopped = new CountDownLatch(1);

    private int problemTurns;

    /** What has requests that wait. */
    record Requests(CommandPath commands, ConfirmationRounds confirmations) {
        void review() {
            commands.expire(System.nanoTime());
            confirmations.review();
        }
    }

    MemberDuties(MemberLife life, RaftMember member, KvStateMachine stateMachine, Requests requests) {
        this.life = life;
        this.member = member;
        this.stateMachine = stateMachine;
        this.requests = requests;
    }

    void start() {
        MemberThreads.named("hightower-duties")
                .newThread(this::turnUntilStopped)
                .start();
    }

    private void turnUntilStopped() {
        try {
            for (int turn = 1; !stopped.await(EXPIRE_EVERY_MILLIS, TimeUnit.MILLISECONDS); turn++) {
                guarded(requests::review);
                if (turn % WATCH_EVERY_TURNS == 0) {
                    guarded(this::watch);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Error e) {
            life.die("The watch over this member failed", e);
        }
    }

    private void watch() {
        member.fatalProblem()
                .ifPresentOrElse(
                        problem -> {
                            // Ratis closes a member that was removed; the others say so, a moment later.
                            if (problemTurns++ >= PROBLEM_TURNS) {
                                life.die(problem, new IllegalStateException(problem));
                            }
                        },
                        () -> problemTurns = 0);
        long installedSince = stateMachine.installedUnannouncedSinceNanos();
        if (installedSince != KvStateMachine.NOTHING_INSTALLED
                && System.nanoTime() - installedSince > UNANNOUNCED_MAX.toNanos()) {
            life.die(
                    "An installed state was not taken over by the log",
                    new IllegalStateException("waited=" + UNANNOUNCED_MAX));
        }
    }

    /** A duty that fails must not keep the others from being done. */
    private static void guarded(Runnable duty) {
        try {
            duty.run();
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "A periodic duty failed and will be tried again", e);
        }
    }

    @Override
    public void close() {
        stopped.countDown();
    }
}
