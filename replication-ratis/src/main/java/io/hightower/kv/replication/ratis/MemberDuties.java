package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.read.ConfirmationRounds;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a member does by the clock: fails requests whose time is up, and watches whether it is still
 * alive and gets on. <b>Confined to its one thread.</b>
 */
final class MemberDuties implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(MemberDuties.class.getName());

    private static final long EXPIRE_EVERY_MILLIS = 50;

    /** The watch comes once a second. */
    private static final int WATCH_EVERY_TURNS = 20;

    /** A state that was installed but not taken over by Ratis keeps this member from following; restarting cures it. */
    private static final Duration UNANNOUNCED_MAX = Duration.ofSeconds(60);

    private static final Duration HAND_OVER_PATIENCE = Duration.ofSeconds(5);

    /** So often a problem is seen before the member dies of it. */
    private static final int PROBLEM_TURNS = 2;

    private final MemberLife life;
    private final RaftMember member;
    private final KvStateMachine stateMachine;
    private final Requests requests;
    private final SnapshotCatchUp catchUp;
    private final MemberRooms rooms;
    private final HandOver handOver;
    private final LogEnd logEnd;
    private final StallWatch stalls = new StallWatch(new Hanging(), System::nanoTime);
    private final CountDownLatch stopped = new CountDownLatch(1);

    private final Thread thread = MemberThreads.named("hightower-duties").newThread(this::turnUntilStopped);
    private long logged = Long.MAX_VALUE;
    private int problemTurns;

    /** What has requests that wait. */
    record Requests(CommandPath commands, ConfirmationRounds confirmations) {
        void review() {
            commands.expire(System.nanoTime());
            confirmations.review();
        }
    }

    /** What is watched. */
    record Watched(RaftMember member, KvStateMachine stateMachine, SnapshotCatchUp catchUp, MemberRooms rooms) {}

    MemberDuties(MemberLife life, Requests requests, Watched watched) {
        this.life = life;
        this.requests = requests;
        this.member = watched.member();
        this.stateMachine = watched.stateMachine();
        this.catchUp = watched.catchUp();
        this.rooms = watched.rooms();
        this.logEnd = new LogEnd(member::lastLogIndex);
        this.handOver = new HandOver(member, HAND_OVER_PATIENCE);
    }

    void start() {
        thread.start();
    }

    private void turnUntilStopped() {
        try {
            for (int turn = 1; !stopped.await(EXPIRE_EVERY_MILLIS, TimeUnit.MILLISECONDS); turn++) {
                guarded(requests::review);
                if (turn % WATCH_EVERY_TURNS == 0) {
                    guarded(this::watch);
                    guarded(this::watchProgress);
                    guarded(() -> rooms.review(handOver));
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

    private void watchProgress() {
        long end = logEnd.look();
        stalls.look(progress(end));
        if (end != LogEnd.UNANSWERED) {
            if (end > logged) {
                catchUp.logGrew();
            }
            logged = end;
        }
    }

    /** Returns how far this member is whose log ends there. Thread-safe, never waits. */
    StallWatch.Progress progress(long end) {
        // What may be behind is asked for first: what it is behind only grows.
        long applied = stateMachine.getLastAppliedTermIndex().getIndex();
        return new StallWatch.Progress(
                end,
                member.flushedIndex(),
                member.committedIndex(),
                applied,
                stateMachine.applyingNanos(),
                stateMachine.isInstalling());
    }

    /** What is done about a member that hangs. */
    private final class Hanging implements StallWatch.Consequences {
        @Override
        public void handOver(String reason) {
            handOver.toAnybody(reason);
        }

        @Override
        public void die(String reason) {
            life.die(reason, new IllegalStateException("no progress"));
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
        MemberThreads.end(thread);
        logEnd.close();
    }
}
