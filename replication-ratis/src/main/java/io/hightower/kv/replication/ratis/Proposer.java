package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.Pacing;
import io.hightower.kv.statemachine.spi.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * The thread that takes waiting commands, puts them into batches, and has each batch proposed: by this member if it leads,
 * else by the leader.
 *
 * <p><b>Ordering.</b> One thread proposes, batch after batch, so commands keep the order in which they waited. What was
 * refused is tried again only before anything behind it is, and nothing changes its way while something may still be refused
 * ({@link ForwardRoute}). <b>Failure.</b> A command that no log has taken fails as not replicated; one that may be in a log is
 * left to {@link InFlightBatches}.
 */
final class Proposer implements Runnable {
    private static final long POLL_MILLIS = 100;

    /** How long to wait for news of a leader before looking again unasked. */
    private static final long LOOK_AGAIN_MILLIS = 20;

    private final CommandQueue queue;
    private final Member member;
    private final ForwardRoute route;
    private final InFlightBatches inFlight;
    private final LeaderTime time;
    private final RatisOptions options;
    private final Executor callbacks;
    private final Semaphore window;
    private final Pacing pacing;
    private final Metrics.Counter batches;
    private final Metrics.Counter forwards;
    private final Metrics.Distribution batchCommands;
    private final Metrics.Distribution batchBytes;
    private final Semaphore leadershipNews = new Semaphore(0);

    private volatile boolean stopping;
    private volatile Supplier<RuntimeException> stoppedBecause =
            () -> new NotReplicatedException(Reason.STOPPED, "The store is closed");

    /** What a proposer asks of its member. Thread-safe. */
    interface Member {
        /** Tells whether this member leads and has applied everything that earlier leaders left. */
        boolean leads();

        /** Returns the term in which this member leads, ready or not; -1 if it does not. */
        long termLed();

        /** Returns the leader's name, as far as this member knows. */
        Optional<String> leaderId();

        /** Returns this member's own name. */
        String peerId();

        /** Returns an id that no request of this start has had, larger than those before. */
        long nextCallId();

        /**
         * Hands a batch to the log of this member. When it returns, the batch is marked as appended, or it certainly was not
         * and the future has the reason.
         */
        CompletableFuture<RaftClientReply> submit(Batch batch);
    }

    /** What a proposer works with. */
    record Surroundings(
            CommandQueue queue,
            Member member,
            ForwardRoute.Links links,
            InFlightBatches inFlight,
            StateStore store,
            LeaderTime time,
            Executor callbacks,
            Metrics metrics) {}

    Proposer(RatisOptions options, Surroundings with) {
        this.queue = with.queue();
        this.member = with.member();
        this.route = new ForwardRoute(with.member(), with.links(), options.timeouts(), System::nanoTime);
        this.inFlight = with.inFlight();
        this.pacing = new Pacing(with.store()::writeDelayNanos, System::nanoTime, Proposer::sleep);
        this.time = with.time();
        this.callbacks = with.callbacks();
        this.options = options;
        this.window = new Semaphore(options.tuning().batchesInFlightMax());
        this.batches = with.metrics().counter("ratis.batches", "Entries proposed to this member's own log");
        this.batchCommands =
                with.metrics().distribution("ratis.batch.commands", "Commands in an entry proposed or forwarded");
        this.batchBytes = with.metrics().distribution("ratis.batch.bytes", "Bytes of an entry proposed or forwarded");
        this.forwards = with.metrics().counter("ratis.forwards", "Entries forwarded to the leader");
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                propose(queue.drain(
                        options.tuning().batchCommandsMax(), options.tuning().batchBytesMax(), POLL_MILLIS));
            }
        } catch (InterruptedException e) {
            // Only closing interrupts; it settles what is left.
            Thread.currentThread().interrupt();
        } finally {
            failWaiting(refusedThen(List.of()), stoppedBecause);
        }
    }

    /** Has the submissions dispatched or settled, and before them what a former leader refused. */
    private void propose(List<Submission> taken) throws InterruptedException {
        List<Submission> open = stillWaiting(refusedThen(taken));
        try {
            while (!open.isEmpty()) {
                // What was refused is open as well: together it can be too much for one entry.
                int fitting = Batch.fitting(
                        open,
                        options.tuning().batchCommandsMax(),
                        options.tuning().batchBytesMax());
                if (dispatch(List.copyOf(open.subList(0, fitting)))) {
                    open = open.subList(fitting, open.size());
                } else {
                    awaitLeadershipNews();
                }
                open = stillWaiting(refusedThen(open));
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            // They are neither in the queue nor in flight: nobody else would settle them.
            failWaiting(open, stoppedBecause);
            throw e;
        }
    }

    /** Has one entry's worth proposed; false if nothing of it was, and it is to be tried again. */
    private boolean dispatch(List<Submission> first) throws InterruptedException {
        return member.leads() ? proposeHere(first) : forward(first);
    }

    /** Takes back what the leader asked last refused, for it comes before everything else. */
    private List<Submission> refusedThen(List<Submission> others) {
        route.review();
        List<Batch> refused = route.takeRefused();
        if (refused.isEmpty()) {
            return others;
        }
        List<Submission> all = new ArrayList<>();
        for (Batch batch : refused) {
            inFlight.remove(batch);
            batch.undispatch();
            all.addAll(batch.submissions());
        }
        all.addAll(others);
        return all;
    }

    private List<Submission> stillWaiting(List<Submission> submissions) {
        long now = System.nanoTime();
        long termLed = member.termLed();
        List<Submission> waiting = new ArrayList<>(submissions.size());
        for (Submission submission : submissions) {
            if (submission.isExpired(now)) {
                failWaiting(List.of(submission), this::tooLate);
            } else if (!submission.isAllowed(termLed)) {
                // What another member forwarded is not forwarded again: that member may know better by now.
                if (submission.settleWaiting()) {
                    submission.receiver().refused();
                }
            } else if (submission.isWaiting()) {
                waiting.add(submission);
            }
        }
        return waiting;
    }

    /** Says why a command that was never dispatched has run out of time. */
    NotReplicatedException tooLate() {
        return member.leaderId().isPresent()
                ? new NotReplicatedException(
                        Reason.OVERLOADED,
                        "The command waited too long to be proposed: waited="
                                + options.timeouts().request())
                : new NotReplicatedException(
                        Reason.NO_LEADER,
                        "No leader was found in time: waited="
                                + options.timeouts().request());
    }

    /** Sleeps through interrupts, and leaves the flag set: a debt is paid by time, not by turns. */
    private static void sleep(long nanos) {
        boolean interrupted = Thread.interrupted();
        LockSupport.parkNanos(nanos);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Proposes to this member's own log; false if it took nothing. */
    private boolean proposeHere(List<Submission> first) throws InterruptedException {
        if (!route.isClear()) {
            return false;
        }
        // This member's store lags behind its writers; what cannot be proposed in time is refused as an overload.
        if (!pacing.pay()) {
            return false;
        }
        if (!window.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            return false;
        }
        OptionalLong now = time.nowMillis();
        if (now.isEmpty()) {
            window.release();
            return false;
        }
        Optional<Batch> dispatched = Batch.dispatch(member.nextCallId(), first, now.getAsLong());
        if (dispatched.isEmpty()) {
            window.release();
            return true;
        }
        Batch batch = dispatched.get();
        inFlight.add(batch);
        CompletableFuture<RaftClientReply> reply = member.submit(batch);
        if (batch.isAppended() || !reply.isDone()) {
            batches.add(1);
            measure(batch);
            pacing.owe(first.stream().mapToLong(Submission::bytes).sum());
            batch.position().ifPresent(at -> time.logged(at.term(), now.getAsLong()));
            Completion.observe(reply, (answer, failure) -> {
                window.release();
                onReply(batch, answer, failure);
            });
            return true;
        }
        inFlight.remove(batch);
        window.release();
        batch.undispatch();
        Throwable refusal = reply.handle(Proposer::failureOf).join();
        if (refusal instanceof ResourceUnavailableException) {
            failWaiting(
                    first,
                    () -> new NotReplicatedException(
                            Reason.OVERLOADED, "Too many entries wait for a majority", refusal));
        }
        return false;
    }

    /** Ratis has finished with an appended batch. If it succeeded, applying it has delivered the results already. */
    private void onReply(Batch batch, @Nullable RaftClientReply answer, @Nullable Throwable thrown) {
        Throwable failure = failureOf(answer, thrown);
        if (failure != null && !batch.isAppended()) {
            inFlight.fail(
                    batch, () -> new NotReplicatedException(Reason.NO_LEADER, "The log took no commands", failure));
        } else if (failure instanceof NotLeaderException) {
            inFlight.orphan(batch);
        } else if (failure != null) {
            inFlight.fail(
                    batch, () -> new OutcomeUnknownException("The log failed after it took the commands", failure));
        }
    }

    private static @Nullable Throwable failureOf(@Nullable RaftClientReply answer, @Nullable Throwable thrown) {
        if (thrown instanceof CompletionException && thrown.getCause() != null) {
            return thrown.getCause();
        }
        return thrown != null || answer == null ? thrown : answer.getException();
    }

    /** Sends to the leader; false if it certainly was not sent. */
    private boolean forward(List<Submission> first) throws InterruptedException {
        // The leadership may have been lost after it was last looked at: what others forwarded is for them to forward.
        Optional<ForwardLink> link =
                first.stream().allMatch(Submission::isLocal) ? route.reserve(POLL_MILLIS) : Optional.empty();
        if (link.isEmpty()) {
            return false;
        }
        Optional<Batch> dispatched = Batch.dispatch(member.nextCallId(), first, 0);
        if (dispatched.isEmpty()) {
            link.get().leaveRoom();
            return true;
        }
        Batch batch = dispatched.get();
        inFlight.add(batch);
        if (link.get().send(batch, millisLeft(batch))) {
            forwards.add(1);
            measure(batch);
            return true;
        }
        inFlight.remove(batch);
        batch.undispatch();
        return false;
    }

    private void measure(Batch batch) {
        batchCommands.record(batch.entry().commands().size());
        batchBytes.record(batch.encoded().length());
    }

    /** What has less time than others fails in time nevertheless, here: the leader must not give up the others with it. */
    private static int millisLeft(Batch batch) {
        long millis = TimeUnit.NANOSECONDS.toMillis(batch.nanosLeft(System.nanoTime()));
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, millis));
    }

    private void failWaiting(List<Submission> submissions, Supplier<RuntimeException> why) {
        for (Submission submission : submissions) {
            if (submission.settleWaiting()) {
                callbacks.execute(() -> submission.receiver().failed(why.get()));
            }
        }
    }

    /** Fails what has waited in the queue for too long. */
    void expireWaiting(long nowNanos) {
        failWaiting(queue.removeExpired(nowNanos), this::tooLate);
    }

    private void awaitLeadershipNews() throws InterruptedException {
        if (leadershipNews.tryAcquire(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
            leadershipNews.drainPermits();
        }
    }

    /** Says that another leader may be known, or that this member is ready to lead. Never blocks. */
    void leadershipChanged() {
        time.begin();
        leadershipNews.release();
    }

    /** Takes no more commands and waits until those taken are settled; false if that takes too long. */
    boolean finish(Duration patience) throws InterruptedException {
        queue.close();
        long deadline = System.nanoTime() + patience.toNanos();
        while (!queue.isIdle() || !inFlight.isEmpty()) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return true;
    }

    /** Fails everything that waits, with the reason for stopping. */
    void failAllWaiting() {
        failWaiting(queue.removeAll(), stoppedBecause);
    }

    /** Lets the thread end when it is interrupted; what waits is left in the queue. */
    void stop(Supplier<RuntimeException> because) {
        stoppedBecause = because;
        stopping = true;
    }
}
