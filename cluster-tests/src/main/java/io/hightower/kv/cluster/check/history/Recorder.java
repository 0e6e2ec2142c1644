package io.hightower.kv.cluster.check.history;

import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Notes what clients do and are told, all by one clock, in memory. <b>Thread-safe.</b> */
public final class Recorder {
    private final long beganNanos = System.nanoTime();
    private final AtomicInteger clients = new AtomicInteger();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

    /** An operation, from its call on. One of its methods is called once, when it has ended. <b>Used by one thread.</b> */
    public final class Call {
        private final int client;
        private final Invocation asked;
        private final long callNanos;
        private volatile End end = End.OPEN;

        private Call(int client, Invocation asked) {
            this.client = client;
            this.asked = asked;
            this.callNanos = nanos();
        }

        /** Notes an answer that has come. */
        public void ok(Answer answer) {
            end = new End(nanos(), Status.OK, answer);
        }

        /** Notes that the operation certainly has no effect. */
        public void fail() {
            end = new End(nanos(), Status.FAIL, Answer.NONE);
        }

        /** Notes that it is not known whether the operation has or will have an effect. */
        public void info() {
            end = new End(nanos(), Status.INFO, Answer.NONE);
        }

        private Op soFar(long now) {
            End known = end;
            long returnNanos = known.nanos() == Op.NEVER ? Math.max(now, callNanos) : known.nanos();
            return new Op(client, callNanos, returnNanos, asked, known.status(), known.told());
        }
    }

    /**
     * How an operation ended.
     *
     * @param nanos when; {@link Op#NEVER} while it is under way
     * @param status what is known
     * @param told the answer
     */
    private record End(long nanos, Status status, Answer told) {
        static final End OPEN = new End(Op.NEVER, Status.INFO, Answer.NONE);
    }

    /** Returns the time of this recorder: nanoseconds since it was made. */
    public long nanos() {
        return System.nanoTime() - beganNanos;
    }

    /** Returns the number of a client that has not done anything. */
    public int newClient() {
        return clients.getAndIncrement();
    }

    /**
     * Notes a call; to be done before anything is sent.
     *
     * @param client who; a client whose operation ended with {@link Call#info} goes on under a new number, because the old one
     *     may still be at work
     */
    public Call call(int client, Invocation asked) {
        Call call = new Call(client, asked);
        calls.add(call);
        return call;
    }

    /** Returns what was noted so far in the order of the calls. What is under way counts as of unknown outcome. */
    public List<Op> history() {
        long now = nanos();
        return calls.stream()
                .map(call -> call.soFar(now))
                .sorted(Comparator.comparingLong(Op::callNanos))
                .toList();
    }
}
