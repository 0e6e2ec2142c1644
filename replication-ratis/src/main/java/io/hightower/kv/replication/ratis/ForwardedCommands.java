package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.ForwardFrame.Request;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.codec.ResultCodec;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCallStreamObserver;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/**
 * What the leader does with the commands that other members forward: puts them into its own queue and sends back what became
 * of them. A member that does not lead refuses; it never forwards again.
 *
 * <p><b>Ordering.</b> Refusals take their turn in the queue like everything else. After the first one nothing more is taken
 * from the same stream, so the asking member may have everything from there on proposed elsewhere, in order. A stream is good
 * for the term in which it began: what was on its way for longer must not come behind what was proposed elsewhere meanwhile.
 *
 * <p>Thread-safe.
 */
final class ForwardedCommands {
    /** The leader gives up before the asking member does, so that its verdict arrives in time: after 9 tenths of the time. */
    private static final int TENTHS_OF_TIME = 9;

    private final CommandQueue queue;
    private final LongSupplier termLed;
    private final int entryBytesMax;
    private final Consumer<Command> admission;
    private volatile boolean closing;

    ForwardedCommands(CommandQueue queue, LongSupplier termLed, RatisOptions options) {
        this.queue = queue;
        this.termLed = termLed;
        this.entryBytesMax = options.entryBytesMax();
        this.admission = options.owner().floor()::require;
    }

    /** Begins to hear one member. */
    StreamObserver<byte[]> hear(StreamObserver<byte[]> answers) {
        Answers serialized = new Answers((ServerCallStreamObserver<byte[]>) answers);
        Submission.Origin origin = originOf(serialized);
        serialized.send(ForwardFrame.opened());
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] frame) {
                take(ForwardFrame.readRequest(frame), origin, serialized);
            }

            @Override
            public void onError(Throwable cause) {
                // The asking member is gone; what the log has of it runs its course.
            }

            @Override
            public void onCompleted() {
                serialized.endWhenSettled();
            }
        };
    }

    private void take(Request request, Submission.Origin origin, Answers answers) {
        answers.owe();
        List<Command> commands;
        try {
            commands = EntryCodec.decode(request.entry()).commands();
        } catch (StorageException | IllegalArgumentException e) {
            answers.fail(request.callId(), new IllegalArgumentException("The leader cannot read the commands", e));
            return;
        }
        long bytes = commands.stream().mapToLong(Limits::weight).sum();
        if (bytes > entryBytesMax) {
            answers.fail(
                    request.callId(),
                    new IllegalArgumentException(
                            "The commands are too large for the leader, whose limits differ: bytes=" + bytes
                                    + " bytesMax=" + entryBytesMax));
            return;
        }
        try {
            // A barrier changes nothing, and reading must go on when writing may not.
            commands.stream().filter(command -> !LogBarrier.isBarrier(command)).forEach(admission);
        } catch (NotReplicatedException e) {
            answers.fail(request.callId(), e);
            return;
        }
        long patience = TimeUnit.MILLISECONDS.toNanos(request.millisLeft()) / 10 * TENTHS_OF_TIME;
        Submission submission = new Submission(
                commands,
                (int) bytes,
                System.nanoTime() + patience,
                origin,
                new AnsweringReceiver(request.callId(), answers));
        offer(submission, request.callId(), answers);
    }

    /** What comes by one stream may be proposed only in the term in which it began, until something of it was refused. */
    private Submission.Origin originOf(Answers answers) {
        long termAsked = termLed.getAsLong();
        return termNow -> {
            if (closing || termNow < 0 || termNow != termAsked) {
                answers.refuseFromNowOn();
            }
            return !answers.isRefusing();
        };
    }

    /** Refuses whatever comes from now on, and whatever waits. */
    void refuseFromNowOn() {
        closing = true;
    }

    private void offer(Submission submission, long callId, Answers answers) {
        switch (queue.offer(submission)) {
            case TAKEN -> {}
            case FULL ->
                answers.fail(
                        callId, new NotReplicatedException(Reason.OVERLOADED, "Too many commands wait at the leader"));
            case CLOSED -> answers.fail(callId, new NotReplicatedException(Reason.NO_LEADER, "The leader was closed"));
        }
    }

    /** Sends what became of one request. */
    private record AnsweringReceiver(long callId, Answers answers) implements Submission.Receiver {
        @Override
        public void succeeded(long index, List<Result> results) {
            answers.settle(ForwardFrame.applied(callId, index, ResultCodec.encode(results)));
        }

        @Override
        public void failed(RuntimeException why) {
            boolean stopped = why instanceof NotReplicatedException refusal && refusal.reason() == Reason.STOPPED;
            answers.fail(
                    callId,
                    // The member that asked has not stopped.
                    stopped ? new NotReplicatedException(Reason.NO_LEADER, "The leader was closed") : why);
        }

        @Override
        public void refused() {
            answers.settle(ForwardFrame.refused(callId));
        }
    }

    /** The answers to one member, sent by several threads. */
    private static final class Answers {
        private final ServerCallStreamObserver<byte[]> stream;
        private final ReentrantLock lock = new ReentrantLock();
        private int owed;
        private boolean ended;
        private volatile boolean refusing;

        Answers(ServerCallStreamObserver<byte[]> stream) {
            this.stream = stream;
            // Whoever asked takes what is unanswered for unknown, and goes on: what still waits must not come behind
            // that.
            // Without a handler, sending to a member that is gone throws.
            stream.setOnCancelHandler(this::refuseFromNowOn);
        }

        boolean isRefusing() {
            return refusing;
        }

        /** Counts a request that will be answered. */
        void owe() {
            lock.lock();
            try {
                owed++;
            } finally {
                lock.unlock();
            }
        }

        void refuseFromNowOn() {
            refusing = true;
        }

        /** Answers a request with a failure. */
        void fail(long callId, RuntimeException why) {
            settle(ForwardFrame.failed(callId, why));
        }

        /** Answers a request. */
        void settle(byte[] frame) {
            lock.lock();
            try {
                owed--;
                send(frame);
                completeIfDone();
            } finally {
                lock.unlock();
            }
        }

        void send(byte[] frame) {
            lock.lock();
            try {
                if (!stream.isCancelled()) {
                    stream.onNext(frame);
                }
            } finally {
                lock.unlock();
            }
        }

        /** The member sends no more; the stream ends when it has all its answers. */
        void endWhenSettled() {
            lock.lock();
            try {
                ended = true;
                completeIfDone();
            } finally {
                lock.unlock();
            }
        }

        private void completeIfDone() {
            if (ended && owed == 0 && !stream.isCancelled()) {
                stream.onCompleted();
            }
        }
    }
}
