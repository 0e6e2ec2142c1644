package io.hightower.kv.cluster.guarantees.recording;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.history.Outcome;
import io.hightower.kv.cluster.guarantees.history.Request;
import io.hightower.kv.cluster.guarantees.history.Sample;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.KvEngine;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Notes what the clients of one run do and see, all by one clock, in memory. <b>Thread-safe.</b> */
public final class Recorder {
    private final long beganNanos = System.nanoTime();
    private final AtomicLong operationsBegun = new AtomicLong();
    private final AtomicLong watchesBegun = new AtomicLong();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<Session> sessions = new ConcurrentLinkedQueue<>();
    private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();

    /** An operation, from its call on. */
    final class Call {
        private final long number;
        private final String client;
        private final String member;
        private final long callNanos;
        private final Request request;
        private volatile Optional<Operation> over = Optional.empty();

        private Call(String client, String member, Request request) {
            this.number = operationsBegun.incrementAndGet();
            this.client = client;
            this.member = member;
            this.request = request;
            this.callNanos = nanos();
        }

        void answered(Result answer) {
            over = Optional.of(operation(nanos(), Outcome.OK, Optional.of(answer)));
        }

        /** Notes an end without an answer. */
        void ended(Outcome outcome) {
            long returnNanos = outcome == Outcome.UNKNOWN ? Operation.NEVER : nanos();
            over = Optional.of(operation(returnNanos, outcome, Optional.empty()));
        }

        private Operation operation() {
            return over.orElseGet(() -> operation(Operation.NEVER, Outcome.UNKNOWN, Optional.empty()));
        }

        private Operation operation(long returnNanos, Outcome outcome, Optional<Result> answer) {
            return new Operation(number, client, member, callNanos, returnNanos, request, outcome, answer);
        }
    }

    /** A watch, from its opening on. */
    final class Session {
        private final long number = watchesBegun.incrementAndGet();
        private final String watcher;
        private final String member;
        private final WatchRequest request;
        private final long openedNanos = nanos();
        private final Queue<WatchSession.Received> received = new ConcurrentLinkedQueue<>();

        private Session(String watcher, String member, WatchRequest request) {
            this.watcher = watcher;
            this.member = member;
            this.request = request;
        }

        void received(WatchMessage message) {
            received.add(new WatchSession.Received(nanos(), message));
        }

        WatchSession soFar() {
            return new WatchSession(number, watcher, member, openedNanos, request, List.copyOf(received));
        }
    }

    /** Returns the time of this recorder: nanoseconds since it was made. */
    public long nanos() {
        return System.nanoTime() - beganNanos;
    }

    /**
     * Returns an engine that notes what one client does with another.
     *
     * @param client who; one thread at a time, and a client of its own per member
     * @param member what the engine is known as
     */
    public RecordingEngine recording(String client, String member, KvEngine engine) {
        return new RecordingEngine(this, client, member, engine);
    }

    /** Notes the call of an operation; its end is noted with what is returned. */
    Call call(String client, String member, Request request) {
        Call call = new Call(client, member, request);
        calls.add(call);
        return call;
    }

    /** Begins to note a watch, which counts only once it was {@link #opened}. */
    Session session(String watcher, String member, WatchRequest request) {
        return new Session(watcher, member, request);
    }

    void opened(Session session) {
        sessions.add(session);
    }

    /** Notes a hash that a member was asked for. */
    public void sampled(Sample sample) {
        samples.add(sample);
    }

    /** Returns how many calls were noted so far. */
    public long callsNoted() {
        return operationsBegun.get();
    }

    /** Returns what was noted so far. Operations that are under way count as of unknown outcome. */
    public History history() {
        List<Operation> operations = new ArrayList<>();
        calls.forEach(call -> operations.add(call.operation()));
        List<WatchSession> watches = new ArrayList<>();
        sessions.forEach(session -> watches.add(session.soFar()));
        return new History(operations, watches, List.copyOf(samples));
    }
}
