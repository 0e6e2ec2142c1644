package io.hightower.kv.server.rest;

import io.hightower.kv.engine.Hightower;
import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.LeaseMoment;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.LoneMembership;
import io.hightower.kv.statemachine.api.Membership;
import io.hightower.kv.statemachine.api.ReplicationStatus;
import io.hightower.kv.statemachine.api.Session;
import io.hightower.kv.statemachine.api.SessionOptions;
import io.hightower.kv.statemachine.api.StateSnapshot;
import io.hightower.kv.statemachine.api.SystemSpace;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.state.HashKv;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/** An engine in memory whose failures, status and speed a test decides, and that counts what its readers take. */
final class ScriptedEngine implements LocalEngine {
    private final LocalEngine engine = Hightower.inMemory();
    private final AtomicReference<Optional<Throwable>> failure = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<ReplicationStatus>> status = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Membership> membership = new AtomicReference<>(new LoneMembership());
    private final AtomicLong keysRead = new AtomicLong();
    private final AtomicLong keysMax = new AtomicLong(Long.MAX_VALUE);
    private final AtomicReference<CompletableFuture<Void>> gate = open();
    private final AtomicReference<CompletableFuture<Void>> entrance = open();
    private final AtomicReference<CompletableFuture<Void>> readGate = open();

    private static AtomicReference<CompletableFuture<Void>> open() {
        return new AtomicReference<>(CompletableFuture.completedFuture(null));
    }

    /** Has every request fail from now on. */
    void failWith(Throwable newFailure) {
        failure.set(Optional.of(newFailure));
    }

    /** Has the engine belong to a cluster of these members. */
    void belongTo(Membership newMembership) {
        membership.set(newMembership);
    }

    /** Has the engine say this about itself. */
    void say(ReplicationStatus newStatus) {
        status.set(Optional.of(newStatus));
    }

    /** Has writes answered only once the gate completes. */
    void holdWritesUntil(CompletableFuture<Void> newGate) {
        gate.set(newGate);
    }

    /** Has whoever hands over a write wait until the entrance completes, as if the queue was full. */
    void holdHandOverUntil(CompletableFuture<Void> newEntrance) {
        entrance.set(newEntrance);
    }

    /** Has asynchronous readers keep their thread until the gate completes. */
    void holdReadersUntil(CompletableFuture<Void> newGate) {
        readGate.set(newGate);
    }

    /** Has the disk fail under readers of {@link #readWith} once they have seen so many keys. */
    void breakReadsAfter(long keys) {
        keysMax.set(keys);
    }

    /** Returns how many keys cursors of {@link #readWith} have shown so far. */
    long keysRead() {
        return keysRead.get();
    }

    @Override
    public CompletableFuture<Result> submitAsync(Command command) {
        entrance.get().join();
        return failure.get()
                .<CompletableFuture<Result>>map(CompletableFuture::failedFuture)
                .orElseGet(() -> engine.submitAsync(command).thenCombine(gate.get(), (result, opened) -> result));
    }

    @Override
    public Result submit(Command command) {
        return submitAsync(command).join();
    }

    @Override
    public Result.BatchResult submitBatch(List<Command> commands) {
        return (Result.BatchResult) submit(new Command.Batch(commands));
    }

    @Override
    public <R> R readWith(Function<? super ReadView, ? extends R> reader) {
        throwIfFailing();
        return engine.readWith((ReadView view) -> reader.apply(new CountingView(view, keysRead, keysMax.get())));
    }

    @Override
    public <R> CompletableFuture<R> readWithAsync(Function<? super ReadView, ? extends R> reader) {
        return failure.get()
                .<CompletableFuture<R>>map(CompletableFuture::failedFuture)
                .orElseGet(() -> engine.readWithAsync((ReadView view) -> {
                    readGate.get().join();
                    return reader.apply(view);
                }));
    }

    @Override
    public Watch watch(WatchRequest request) {
        throwIfFailing();
        return engine.watch(request);
    }

    @Override
    public Watch watch(WatchRequest request, Consumer<? super WatchMessage> listener) {
        throwIfFailing();
        return engine.watch(request, listener);
    }

    private void throwIfFailing() {
        failure.get().ifPresent(thrown -> {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        });
    }

    @Override
    public Result.LeaseResult grantLease(long id, long ttlSeconds) {
        throwIfFailing();
        return engine.grantLease(id, ttlSeconds);
    }

    @Override
    public CompletableFuture<Result.LeaseResult> grantLeaseAsync(long id, long ttlSeconds) {
        throwIfFailing();
        return engine.grantLeaseAsync(id, ttlSeconds);
    }

    @Override
    public CompletableFuture<Session> openSessionAsync(SessionOptions options) {
        throwIfFailing();
        return engine.openSessionAsync(options);
    }

    @Override
    public LeaseMoment leaseMoment() {
        throwIfFailing();
        return engine.leaseMoment();
    }

    @Override
    public CompletableFuture<LeaseMoment> leaseMomentAsync() {
        throwIfFailing();
        return engine.leaseMomentAsync();
    }

    @Override
    public Membership membership() {
        return membership.get();
    }

    @Override
    public SystemSpace system() {
        return engine.system();
    }

    @Override
    public HashKv.Hash hashKv(long revision) {
        throwIfFailing();
        return engine.hashKv(revision);
    }

    @Override
    public ReplicationStatus status() {
        return status.get().orElseGet(engine::status);
    }

    @Override
    public AppliedState applied() {
        throwIfFailing();
        return engine.applied();
    }

    @Override
    public StateSnapshot snapshotState() {
        throwIfFailing();
        return engine.snapshotState();
    }

    @Override
    public void installSnapshot(StateFiles exported) throws IOException {
        engine.installSnapshot(exported);
    }

    @Override
    public void runCompactionNow() {
        engine.runCompactionNow();
    }

    @Override
    public void flush() {
        engine.flush();
    }

    @Override
    public void close() {
        engine.close();
    }
}
