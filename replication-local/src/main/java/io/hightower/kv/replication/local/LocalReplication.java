package io.hightower.kv.replication.local;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.api.ReplicationStatus;
import io.hightower.kv.statemachine.api.StateSnapshot;
import io.hightower.kv.statemachine.api.StoreSnapshot;
import io.hightower.kv.statemachine.spi.CommitLog;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.KvState;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A replication with one member: what it has logged is decided.
 *
 * <p><b>Ordering.</b> Commands are applied in the order in which {@link #submit} took them. <b>Durability.</b> As the sync
 * policy of the log promises; {@link #flush} forces the rest. <b>Threads.</b> Thread-safe. A blocking caller that is alone
 * does all the work itself; otherwise a writer thread logs, and a blocked caller or the writer thread applies. Futures
 * complete on either: what hangs on them must not wait for another command. <b>Lifetime.</b> It owns the log, not the store.
 */
public final class LocalReplication implements ReplicationHandle {
    private static final System.Logger LOGGER = System.getLogger(LocalReplication.class.getName());

    /** A group that takes longer than this is reported: the disk does not answer. */
    private static final Duration STALL_AFTER = Duration.ofSeconds(5);

    /** A closed store keeps no longer log than this: its tables have everything. */
    private static final long LOG_BYTES_LEFT_MAX = 1 << 20;

    private final CommandQueue queue;
    private final CommitLog log;
    private final KvState state;
    private final StateStore store;
    private final Limits limits;
    private final StoreFailure failure = new StoreFailure();
    private final Applier applier;
    private final LogWriter writer;
    private final Thread writerThread;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LocalReplication(KvState state, CommitLog log, LocalOptions options) {
        this.state = state;
        this.store = state.store();
        this.log = log;
        this.limits = options.limits();
        this.queue = new CommandQueue(options.queueCommandsMax(), options.queueBytesMax(), options.enqueueTimeout());
        this.applier = new Applier(state, failure, options.metrics());
        this.writer = new LogWriter(queue, log, store, applier, options);
        this.writerThread = new Thread(writer, "hightower-writer");
        options.metrics().gauge("queue.commands", "Commands that wait to be logged", queue::size);
    }

    /**
     * Replays the log onto the state and begins to take commands. On failure log and store stay with the caller.
     *
     * @throws io.hightower.kv.statemachine.CorruptionException if the log is damaged
     */
    public static LocalReplication open(KvState state, CommitLog log, LocalOptions options) {
        LocalReplication replication = new LocalReplication(state, log, options);
        replication.writer.recover();
        replication.writerThread.start();
        return replication;
    }

    @Override
    public CompletableFuture<Result> submit(Command command) {
        int weight = limits.requireWithin(command);
        CompletableFuture<Result> result = new CompletableFuture<>();
        try {
            requireWorking();
            queue.put(new Proposal(command, weight, System.nanoTime(), new Answer.Promised(result)));
        } catch (NotReplicatedException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    @Override
    public Result submitAndWait(Command command) {
        int weight = limits.requireWithin(command);
        requireWorking();
        ParkedCaller caller = new ParkedCaller(applier::applyAll);
        Proposal proposal = new Proposal(command, weight, System.nanoTime(), caller);
        boolean written = queue.tryTurn() && writer.writeInline(proposal);
        if (!written) {
            queue.put(proposal);
        }
        return caller.await();
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        // A command is applied before it is answered, so the local state has everything that was acknowledged.
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public StoreView view() {
        return store.view();
    }

    @Override
    public StateSnapshot snapshotState() {
        return new StoreSnapshot(store.pin());
    }

    @Override
    public long latestVersion() {
        return store.applied().latestVersion();
    }

    @Override
    public void installSnapshot(StateFiles exported) throws IOException {
        requireWorking();
        try (StateStore.Staged staged = store.stage(exported)) {
            onWriter(() -> {
                // One position beyond everything logged, so that after a crash the state alone decides what is newer.
                long index = log.lastIndex() + 1;
                state.install(staged, new LogPosition(0, index), false);
                log.reset(index + 1);
                writer.stateReplaced();
            });
        }
    }

    @Override
    public void flush() {
        requireWorking();
        onWriter(log::sync);
    }

    @Override
    public void checkpoint() {
        requireWorking();
        log.trim(store.checkpoint().index());
    }

    @Override
    public void trimLog() {
        requireWorking();
        log.trim(store.durable().index());
    }

    @Override
    public long logBytes() {
        return writer.replayBytes();
    }

    /** Returns how many commands wait to be logged. */
    int queued() {
        return queue.size();
    }

    @Override
    public ReplicationStatus status() {
        AppliedState applied = store.applied();
        ReplicationStatus.Role role = closed.get() ? ReplicationStatus.Role.STOPPED : ReplicationStatus.Role.LEADER;
        return new ReplicationStatus(role, "local", Optional.of("local"), applied.position(), problem());
    }

    @Override
    public OptionalLong logicalTimeMillis() {
        boolean leads = !closed.get() && !failure.isPresent();
        return leads ? OptionalLong.of(writer.logicalTimeMillis()) : OptionalLong.empty();
    }

    private Optional<String> problem() {
        if (closed.get()) {
            return Optional.of("The store is closed");
        }
        Optional<Throwable> failed = failure.cause();
        if (failed.isPresent()) {
            return Optional.of("The store failed and refuses writes until it is reopened: "
                    + failed.get().getMessage());
        }
        long busySince = writer.busySinceNanos();
        long busyNanos = System.nanoTime() - busySince;
        if (busySince != LogWriter.IDLE && busyNanos > STALL_AFTER.toNanos()) {
            return Optional.of("The disk has not answered for "
                    + Duration.ofNanos(busyNanos).toSeconds() + " s");
        }
        return Optional.empty();
    }

    /** Runs {@code action} on the writer thread between two groups and waits for it; its failure is the store's. */
    private void onWriter(Runnable action) {
        CompletableFuture<Optional<RuntimeException>> done = new CompletableFuture<>();
        if (!queue.putTask(() -> done.complete(tryOnWriter(action)))) {
            throw new NotReplicatedException(Reason.STOPPED, "The store is closed");
        }
        done.join().ifPresent(failure -> {
            throw failure;
        });
    }

    private Optional<RuntimeException> tryOnWriter(Runnable action) {
        if (failure.isPresent()) {
            return Optional.of(failure.refusal());
        }
        try {
            action.run();
            return Optional.empty();
        } catch (Throwable e) {
            failure.stopFor(e);
            return Optional.of(new StorageException("The store failed: " + e.getMessage(), e));
        }
    }

    private void requireWorking() {
        if (closed.get()) {
            throw new NotReplicatedException(Reason.STOPPED, "The store is closed");
        }
        failure.requireNone();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        queue.close();
        boolean interrupted = false;
        while (writerThread.isAlive()) {
            try {
                writerThread.join();
            } catch (InterruptedException e) {
                // What was accepted is finished first: giving up here would answer nobody.
                interrupted = true;
            }
        }
        try {
            flushForTheNextOpening();
        } finally {
            log.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The log has everything: flushing only spares the next opening from replaying it, and the disk from keeping it. */
    private void flushForTheNextOpening() {
        if (failure.isPresent()) {
            return;
        }
        try {
            long durable = store.checkpoint().index();
            if (durable == log.lastIndex() && log.bytes() > LOG_BYTES_LEFT_MAX) {
                log.reset(durable + 1);
            } else {
                log.trim(durable);
            }
        } catch (HightowerException e) {
            LOGGER.log(System.Logger.Level.WARNING, "Closing without a flush; the next opening replays the log", e);
        }
    }
}
