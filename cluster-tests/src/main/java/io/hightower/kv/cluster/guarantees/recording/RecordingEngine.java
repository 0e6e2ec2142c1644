package io.hightower.kv.cluster.guarantees.recording;

import io.hightower.kv.cluster.guarantees.history.Request;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.KvEngine;
import io.hightower.kv.statemachine.api.LeaseMoment;
import io.hightower.kv.statemachine.api.Session;
import io.hightower.kv.statemachine.api.SessionOptions;
import io.hightower.kv.statemachine.api.Waiting;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * An engine that does what another one does, and notes it for one client: commands, readings of ranges and of keys, watches.
 * What a reader does with a view by itself, and questions about leases, are passed on without a note, since they do not show
 * what they were told. Closing it does nothing: the other engine belongs to whoever opened it.
 *
 * <p><b>Thread-safe</b>, but a client that wants to be judged as one does one thing at a time.
 */
public final class RecordingEngine implements KvEngine {
    private final Recorder recorder;
    private final String client;
    private final String member;
    private final KvEngine engine;

    RecordingEngine(Recorder recorder, String client, String member, KvEngine engine) {
        this.recorder = recorder;
        this.client = client;
        this.member = member;
        this.engine = engine;
    }

    private <R extends Result> R noted(Request request, Supplier<R> operation) {
        Recorder.Call call = recorder.call(client, member, request);
        try {
            R answer = operation.get();
            call.answered(answer);
            return answer;
        } catch (RuntimeException | Error e) {
            note(call, request, e);
            throw e;
        }
    }

    private <R extends Result> CompletableFuture<R> notedLater(
            Request request, Supplier<CompletableFuture<R>> operation) {
        Recorder.Call call = recorder.call(client, member, request);
        return operation.get().whenComplete((answer, failure) -> {
            if (failure == null) {
                call.answered(answer);
            } else {
                note(call, request, cause(failure));
            }
        });
    }

    private static Throwable cause(Throwable failure) {
        try {
            return Waiting.unwrapped(failure);
        } catch (Error e) {
            return e;
        }
    }

    private static void note(Recorder.Call call, Request request, Throwable thrown) {
        Optional<Result> refusal = Ends.refusal(thrown);
        if (refusal.isPresent()) {
            call.answered(refusal.get());
        } else {
            call.ended(Ends.outcome(request, thrown));
        }
    }

    @Override
    public CompletableFuture<Result> submitAsync(Command command) {
        return notedLater(new Request.Submitted(command), () -> engine.submitAsync(command));
    }

    @Override
    public Result submit(Command command) {
        return noted(new Request.Submitted(command), () -> engine.submit(command));
    }

    @Override
    public Result.BatchResult submitBatch(List<Command> commands) {
        return noted(new Request.Submitted(new Command.Batch(commands)), () -> engine.submitBatch(commands));
    }

    /** Sessions are not recorded: their commands would be missing in the history. */
    @Override
    public CompletableFuture<Session> openSessionAsync(SessionOptions options) {
        throw new UnsupportedOperationException("Sessions are not recorded: options=" + options);
    }

    @Override
    public Result.TxnResult txn(Command.Txn txn) {
        return noted(new Request.Submitted(txn), () -> engine.txn(txn));
    }

    @Override
    public CompletableFuture<Result.TxnResult> txnAsync(Command.Txn txn) {
        return notedLater(new Request.Submitted(txn), () -> engine.txnAsync(txn));
    }

    @Override
    public Result.RangeResult range(RangeRequest request) {
        return noted(new Request.Read(request), () -> engine.range(request));
    }

    @Override
    public CompletableFuture<Result.RangeResult> rangeAsync(RangeRequest request) {
        return notedLater(new Request.Read(request), () -> engine.rangeAsync(request));
    }

    @Override
    public List<KeyValue> scan(KeyRange range, int limit) {
        return range(RangeRequest.of(range).limited(limit)).keyValues();
    }

    @Override
    public Optional<Bytes> get(Bytes key) {
        return scan(KeyRange.single(key), ReadView.NO_LIMIT).stream()
                .map(KeyValue::value)
                .findFirst();
    }

    @Override
    public CompletableFuture<Optional<Bytes>> getAsync(Bytes key) {
        return rangeAsync(RangeRequest.of(KeyRange.single(key)))
                .thenApply(answer ->
                        answer.keyValues().stream().map(KeyValue::value).findFirst());
    }

    /** As that of the other engine; an id that is to be chosen is chosen here, because the call is noted before it is sent. */
    @Override
    public Result.LeaseResult grantLease(long id, long ttlSeconds) {
        Command.GrantLease grant = grant(id, ttlSeconds);
        return noted(new Request.Submitted(grant), () -> engine.grantLease(grant.id(), ttlSeconds));
    }

    @Override
    public CompletableFuture<Result.LeaseResult> grantLeaseAsync(long id, long ttlSeconds) {
        Command.GrantLease grant = grant(id, ttlSeconds);
        return notedLater(new Request.Submitted(grant), () -> engine.grantLeaseAsync(grant.id(), ttlSeconds));
    }

    private static Command.GrantLease grant(long id, long ttlSeconds) {
        long chosen = id == CHOOSE_ID ? ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE) : id;
        return new Command.GrantLease(chosen, ttlSeconds);
    }

    @Override
    public RecordingWatch watch(WatchRequest request) {
        Recorder.Session session = recorder.session(client, member, request);
        Watch watch = engine.watch(request);
        recorder.opened(session);
        return new RecordingWatch(watch, session);
    }

    @Override
    public Watch watch(WatchRequest request, Consumer<? super WatchMessage> listener) {
        Recorder.Session session = recorder.session(client, member, request);
        recorder.opened(session);
        return engine.watch(request, message -> {
            session.received(message);
            listener.accept(message);
        });
    }

    @Override
    public <R> R readWith(Function<? super ReadView, ? extends R> reader) {
        return engine.readWith(reader);
    }

    @Override
    public <R> CompletableFuture<R> readWithAsync(Function<? super ReadView, ? extends R> reader) {
        return engine.readWithAsync(reader);
    }

    @Override
    public LeaseMoment leaseMoment() {
        return engine.leaseMoment();
    }

    @Override
    public CompletableFuture<LeaseMoment> leaseMomentAsync() {
        return engine.leaseMomentAsync();
    }

    @Override
    public void flush() {
        engine.flush();
    }

    @Override
    public void close() {
        // Whoever opened the other engine closes it.
    }
}
