package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.transfer.RemoteStateFiles;
import io.hightower.kv.replication.ratis.transfer.TransferCalls;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StateStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The fetching of the leader's state by a member that is too far behind for the leader's log: received and verified beside
 * the live state, which stays in use until the new one is complete and durable.
 *
 * <p><b>Threads.</b> One fetch at a time, on its own thread. <b>Failure.</b> The future fails, after a pause, and the leader
 * asks again. What has arrived is kept until the log suffices after all, and so is the leader's pin for a while: the next
 * attempt goes on from there.
 */
final class SnapshotCatchUp implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(SnapshotCatchUp.class.getName());

    /** Slows down a leader that would otherwise ask again at once. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);

    /** Room on a disk comes rarely by itself. */
    private static final Duration PAUSE_WITHOUT_ROOM = Duration.ofSeconds(10);

    private final PeerLinks links;
    private final RaftMember member;
    private final StateStore store;
    private final Metrics metrics;

    /** Whether an attempt may have left files: this one's, or one's before the last restart. */
    private final AtomicBoolean mayHaveLeft = new AtomicBoolean(true);

    private final ExecutorService fetcher = Executors.newSingleThreadExecutor(MemberThreads.named("hightower-fetch"));

    SnapshotCatchUp(PeerLinks links, RaftMember member, StateStore store, Metrics metrics) {
        this.metrics = metrics;
        this.links = links;
        this.member = member;
        this.store = store;
    }

    /**
     * Begins to catch up with a leader whose log begins at {@code firstIndexKept}.
     *
     * @param installer makes a verified state the live and durable one
     * @return where the installed state stands; nothing if the log of the leader is complete and no state is needed
     */
    CompletableFuture<Optional<LogPosition>> begin(
            String leaderId, long firstIndexKept, Consumer<StateStore.Staged> installer) {
        CompletableFuture<Optional<LogPosition>> caughtUp = new CompletableFuture<>();
        try {
            fetcher.execute(() -> {
                try {
                    caughtUp.complete(catchUp(leaderId, firstIndexKept, installer));
                } catch (LogSufficesException e) {
                    caughtUp.completeExceptionally(e);
                } catch (IOException | RuntimeException e) {
                    LOGGER.log(
                            fetcher.isShutdown() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                            "Fetching the state failed: leader=" + leaderId,
                            e);
                    pause(e instanceof DiskFullException ? PAUSE_WITHOUT_ROOM : PAUSE_AFTER_FAILURE);
                    caughtUp.completeExceptionally(e);
                } catch (Error e) {
                    caughtUp.completeExceptionally(e);
                    throw e;
                }
            });
        } catch (RejectedExecutionException e) {
            caughtUp.completeExceptionally(e);
        }
        return caughtUp;
    }

    private Optional<LogPosition> catchUp(String leaderId, long firstIndexKept, Consumer<StateStore.Staged> installer)
            throws IOException {
        LogPosition here = store.applied().position();
        if (here.equals(LogPosition.START) && firstIndexKept == 0) {
            return Optional.empty();
        }
        if (!here.equals(LogPosition.START) && here.index() >= firstIndexKept - 1) {
            // The leader asks without need when it has lost track of this member. Ratis answers it as soon as it knows
            // of a
            // snapshot that meets the leader's log; to install one would discard log that this member has confirmed.
            member.announceSnapshot(store.checkpoint().index());
            throw new LogSufficesException();
        }
        return Optional.of(fetch(leaderId, firstIndexKept, installer));
    }

    private LogPosition fetch(String leaderId, long firstIndexKept, Consumer<StateStore.Staged> installer)
            throws IOException {
        LOGGER.log(
                System.Logger.Level.INFO,
                "Fetching the state: leader={0} applied={1} firstIndexKept={2}",
                leaderId,
                store.applied().position(),
                firstIndexKept);
        mayHaveLeft.set(true);
        TransferCalls calls = links.transfer(leaderId).orElseThrow(() -> new IOException("The leader has no address"));
        RemoteStateFiles files = RemoteStateFiles.begin(leaderId, calls, needed(firstIndexKept), metrics);
        try (StateStore.Staged staged = store.stage(files)) {
            LogPosition position = staged.applied().position();
            // The log may have grown while the state was on its way.
            if (position.index() < needed(firstIndexKept)) {
                files.end();
                throw new IOException("The state received does not reach far enough: source=" + leaderId + " position="
                        + position + " needed=" + needed(firstIndexKept) + " applied="
                        + store.applied().position());
            }
            if (fetcher.isShutdown()) {
                throw new IOException("This member is closing");
            }
            installer.accept(staged);
            files.end();
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "Installed the state: source=" + leaderId + " position=" + position + " " + files.summary());
            return position;
        }
    }

    /** Ratis takes a state for the end of the log: one that ends before it would discard what was confirmed. */
    private long needed(long firstIndexKept) {
        return Math.max(firstIndexKept - 1, member.lastLogIndex());
    }

    /** The log of this member and the leader's meet: no state is needed, and the leader may go on by the log. */
    private static final class LogSufficesException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LogSufficesException() {
            super("The log suffices");
        }
    }

    /** The log of this member has grown: what arrived of a state is needed no more. */
    void logGrew() {
        if (mayHaveLeft.compareAndSet(true, false)) {
            try {
                fetcher.execute(this::discardLeftovers);
            } catch (RejectedExecutionException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "Closing", e);
            }
        }
    }

    private void discardLeftovers() {
        try {
            store.discardIncoming();
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "What a broken transfer left stays on the disk", e);
        }
    }

    private static void pause(Duration time) {
        try {
            TimeUnit.MILLISECONDS.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        MemberThreads.end(fetcher, "hightower-fetch");
    }
}
