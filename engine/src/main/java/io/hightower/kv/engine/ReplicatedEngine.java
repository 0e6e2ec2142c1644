package io.hightower.kv.engine;

import io.hightower.kv.engine.watch.Delivery;
import io.hightower.kv.engine.watch.WatchHub;
import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.api.LeaseMoment;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.Membership;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.api.ReplicationStatus;
import io.hightower.kv.statemachine.api.Session;
import io.hightower.kv.statemachine.api.SessionOptions;
import io.hightower.kv.statemachine.api.StateSnapshot;
import io.hightower.kv.statemachine.api.SystemSpace;
import io.hightower.kv.statemachine.api.Waiting;
import io.hightower.kv.statemachine.session.CommandSession;
import io.hightower.kv.statemachine.session.Surroundings;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.HashKv;
import io.hightower.kv.statemachine.state.Leases;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An engine over a replication, whichever it is. Thread-safe.
 *
 * <p>Blocking calls wait on the replication's own future; the futures handed out complete on a worker thread, so that what
 * users hang on them can block without stopping the store.
 */
final class ReplicatedEngine implements LocalEngine {
    private final ReplicationHandle replication;
    private final WatchHub watches;
    private final Admission admission;
    private final Maintenance maintenance;
    private final LeaseExpiry leases;
    private final Surroundings sessions;
    private final Checkpoints checkpoints;
    private final Workers workers;
    private final Opened resources;
    private final LeaseGrants grants =
            new LeaseGrants(this, () -> ThreadLocalRandom.current().nextLong());
    private final SystemSpace system = new ReplicatedSystemSpace(this);
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * The threads that run what users hand in.
     *
     * @param answers complete the futures of writes, so that no reader, however slow, stands between a write and its answer
     * @param readers run the readers of asynchronous reads; throw what a read is to fail with when too many wait
     * @param listeners run the listeners of watches
     */
    record Workers(ExecutorService answers, ExecutorService readers, ExecutorService listeners) {}

    /**
     * What looks after leases and sessions.
     *
     * @param leases end what has expired
     * @param sessions what open sessions need
     */
    record Timed(LeaseExpiry leases, Surroundings sessions) {}

    /**
     * What an engine is made of.
     *
     * @param resources hold all the others, and are closed in the end
     */
    record Parts(
            ReplicationHandle replication,
            WatchHub watches,
            Admission admission,
            Maintenance maintenance,
            Timed timed,
            Checkpoints checkpoints,
            Workers workers,
            Opened resources) {}

    ReplicatedEngine(Parts parts) {
        this.replication = parts.replication();
        this.watches = parts.watches();
        this.admission = parts.admission();
        this.maintenance = parts.maintenance();
        this.leases = parts.timed().leases();
        this.sessions = parts.timed().sessions();
        this.checkpoints = parts.checkpoints();
        this.workers = parts.workers();
        this.resources = parts.resources();
    }

    @Override
    public CompletableFuture<Result> submitAsync(Command command) {
        try {
            requireOfUsers(command);
            admission.require(command);
            return replication.submit(command).thenApplyAsync(Function.identity(), workers.answers());
        } catch (HightowerException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public Result submit(Command command) {
        requireOfUsers(command);
        admission.require(command);
        return replication.submitAndWait(command);
    }

    /** Members change by their own rules: a record written by somebody else could give votes away. */
    private static void requireOfUsers(Command command) {
        if (command instanceof Command.WriteSystem system
                && system.writes().stream().anyMatch(write -> SystemRecord.isAboutCluster(write.key()))) {
            throw new IllegalArgumentException("The records of members are not written by users; see Membership: keys="
                    + SystemRecord.ABOUT_CLUSTER.toUtf8());
        }
    }

    @Override
    public Result.BatchResult submitBatch(List<Command> commands) {
        return (Result.BatchResult) submit(new Command.Batch(commands));
    }

    @Override
    public <R> R readWith(Function<? super ReadView, ? extends R> reader) {
        return readStore(reader);
    }

    /** As {@link #readWith}, with what users do not see. */
    <R> R readStore(Function<? super StoreView, ? extends R> reader) {
        requireOpen();
        CompletableFuture<Void> barrier = replication.readBarrier();
        try {
            barrier.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReadUnavailableException("Interrupted while waiting for the read to be confirmed", e);
        } catch (ExecutionException e) {
            throw Waiting.unwrapped(e.getCause() == null ? e : e.getCause());
        }
        return readLocally(reader);
    }

    @Override
    public <R> CompletableFuture<R> readWithAsync(Function<? super ReadView, ? extends R> reader) {
        return readStoreAsync(reader);
    }

    /** As {@link #readWithAsync}, with what users do not see. */
    <R> CompletableFuture<R> readStoreAsync(Function<? super StoreView, ? extends R> reader) {
        if (closed.get()) {
            return CompletableFuture.failedFuture(new ReadUnavailableException("The store is closed"));
        }
        return replication.readBarrier().thenApplyAsync(confirmed -> readLocally(reader), workers.readers());
    }

    @Override
    public Watch watch(WatchRequest request) {
        return watches.open(request);
    }

    @Override
    public Watch watch(WatchRequest request, Consumer<? super WatchMessage> listener) {
        return Delivery.begin(watches.open(request), listener, workers.listeners());
    }

    /** Reads what this member has, without asking the others. */
    <R> R readLocally(Function<? super StoreView, ? extends R> reader) {
        requireOpen();
        try (StoreView view = openView()) {
            return reader.apply(view);
        }
    }

    @Override
    public Result.LeaseResult grantLease(long id, long ttlSeconds) {
        return grants.grant(id, ttlSeconds);
    }

    @Override
    public CompletableFuture<Result.LeaseResult> grantLeaseAsync(long id, long ttlSeconds) {
        return grants.grantAsync(id, ttlSeconds);
    }

    @Override
    public CompletableFuture<Session> openSessionAsync(SessionOptions options) {
        return CommandSession.open(this::submitAsync, sessions, options);
    }

    @Override
    public LeaseMoment leaseMoment() {
        // Read before the view: a lease that is renewed in between is not taken for one that has ended.
        OptionalLong now = replication.logicalTimeMillis();
        return readStore(view -> leaseMoment(now, view));
    }

    @Override
    public CompletableFuture<LeaseMoment> leaseMomentAsync() {
        OptionalLong now = replication.logicalTimeMillis();
        return readStoreAsync(view -> leaseMoment(now, view));
    }

    private static LeaseMoment leaseMoment(OptionalLong now, StoreView view) {
        long appliedMillis = view.applied().logicalTimeMillis();
        long nowMillis = Math.max(now.orElse(appliedMillis), appliedMillis);
        return new LeaseMoment(Leases.of(view.system()), view.applied(), nowMillis);
    }

    @Override
    public SystemSpace system() {
        return system;
    }

    @Override
    public HashKv.Hash hashKv(long revision) {
        return readLocally(view -> HashKv.of(view, revision));
    }

    private StoreView openView() {
        try {
            return replication.view();
        } catch (IllegalStateException e) {
            throw new ReadUnavailableException("The store is closed", e);
        }
    }

    @Override
    public StateSnapshot snapshotState() {
        requireOpen();
        return replication.snapshotState();
    }

    @Override
    public void installSnapshot(StateFiles exported) throws IOException {
        requireOpen();
        replication.installSnapshot(exported);
        maintenance.stateReplaced();
    }

    @Override
    public void checkpoint(Path directory) {
        requireOpen();
        checkpoints.makeIn(directory);
    }

    @Override
    public void runCompactionNow() {
        requireOpen();
        maintenance.runNow();
    }

    @Override
    public ReplicationStatus status() {
        ReplicationStatus status = replication.status();
        Optional<String> problem = status.problem()
                .or(admission::problem)
                .or(maintenance::problem)
                .or(leases::problem)
                .or(watches::problem);
        return status.withProblem(problem);
    }

    @Override
    public Membership membership() {
        requireOpen();
        return replication.membership();
    }

    @Override
    public AppliedState applied() {
        return readLocally(StoreView::applied);
    }

    @Override
    public void flush() {
        requireOpen();
        replication.flush();
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new ReadUnavailableException("The store is closed");
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        resources.close();
    }
}
