package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.ForwardFrame.Request;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.codec.ResultCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCallStreamObserver;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * A stream of batches to one leader and of its answers. What is sent arrives in order.
 *
 * <p><b>Threads.</b> Thread-safe; one thread sends. <b>Lifetime.</b> Until the stream breaks or is closed; then another link
 * takes its place. <b>Failure.</b> Nothing is sent before the leader said that it hears. If the stream breaks, the outcome of
 * everything that was sent and not answered is unknown.
 */
final class ForwardLink implements StreamObserver<byte[]> {
    /** Learns what became of each batch that was sent, once, unless it was refused. */
    interface Listener {
        void answered(Batch batch, long index, List<Result> results);

        void failed(Batch batch, RuntimeException why);

        /** Some batches were refused and wait to be taken back. */
        void refused();
    }

    private final Listener listener;
    private final Semaphore room;
    private final CountDownLatch opened = new CountDownLatch(1);
    private final ConcurrentNavigableMap<Long, Batch> unanswered = new ConcurrentSkipListMap<>();

    /** Guards sending against breaking: a batch is either refused or among the unanswered when the stream breaks. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile boolean broken;
    private @Nullable ClientCallStreamObserver<byte[]> requests;

    /** Guarded by the lock. */
    private final List<Batch> refused = new ArrayList<>();

    private ForwardLink(int batchesMax, Listener listener) {
        this.room = new Semaphore(batchesMax);
        this.listener = listener;
    }

    /** Begins to open a link that holds so many unanswered batches at most. */
    static ForwardLink open(Channel channel, int batchesMax, Listener listener) {
        ForwardLink link = new ForwardLink(batchesMax, listener);
        ClientCallStreamObserver<byte[]> requests = (ClientCallStreamObserver<byte[]>)
                ClientCalls.asyncBidiStreamingCall(channel.newCall(MemberProtocol.FORWARD, CallOptions.DEFAULT), link);
        link.lock.lock();
        try {
            link.requests = requests;
        } finally {
            link.lock.unlock();
        }
        return link;
    }

    /** Waits until the leader says that it hears; false if it does not. */
    boolean awaitOpened(Duration patience) throws InterruptedException {
        return opened.await(patience.toMillis(), TimeUnit.MILLISECONDS) && !broken;
    }

    boolean isBroken() {
        return broken;
    }

    /** Reserves room for one batch; false if there is none in time. */
    boolean awaitRoom(long patienceMillis) throws InterruptedException {
        return room.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS);
    }

    /** Gives back room that was reserved and is not needed. */
    void leaveRoom() {
        room.release();
    }

    /** Sends a batch, for which room was reserved; false if it certainly was not sent, the room is given back then. */
    boolean send(Batch batch, int millisLeft) {
        lock.lock();
        try {
            StreamObserver<byte[]> open = requests;
            if (broken || open == null) {
                room.release();
                return false;
            }
            unanswered.put(batch.callId(), batch);
            open.onNext(ForwardFrame.request(new Request(batch.callId(), millisLeft, batch.encoded())));
            return true;
        } catch (IllegalStateException e) {
            // The stream was cancelled before: gRPC takes no message then.
            unanswered.remove(batch.callId());
            room.release();
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onNext(byte[] frame) {
        ForwardFrame.readAnswer(frame, new ForwardFrame.AnswerCases() {
            @Override
            public void opened() {
                opened.countDown();
            }

            @Override
            public void applied(long callId, long index, Bytes encoded) {
                // What cannot be read breaks the stream, and the batch must be among the unanswered then.
                List<Result> results = ResultCodec.decode(encoded);
                Batch batch = unanswered.remove(callId);
                if (batch != null) {
                    room.release();
                    listener.answered(batch, index, results);
                }
            }

            @Override
            public void failed(long callId, RuntimeException why) {
                Batch batch = unanswered.remove(callId);
                if (batch != null) {
                    room.release();
                    listener.failed(batch, why);
                }
            }

            @Override
            public void refused(long callId) {
                refuseFrom(callId);
            }
        });
    }

    /**
     * Takes notice that the member asked does not lead. It refuses in order, and takes nothing more from this link; so
     * everything that was sent later is refused as well.
     */
    private void refuseFrom(long callId) {
        lock.lock();
        try {
            if (!broken && requests != null) {
                requests.onCompleted();
            }
            broken = true;
            for (Map.Entry<Long, Batch> later : unanswered.tailMap(callId).entrySet()) {
                if (unanswered.remove(later.getKey(), later.getValue())) {
                    room.release();
                    refused.add(later.getValue());
                }
            }
        } catch (IllegalStateException e) {
            // Cancelled meanwhile; what is left unanswered fails with the stream.
            broken = true;
        } finally {
            lock.unlock();
        }
        listener.refused();
    }

    /** Tells whether nothing that was sent is unanswered, and nothing refused waits to be taken back. */
    boolean owesNothing() {
        lock.lock();
        try {
            return unanswered.isEmpty() && refused.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Hands over, once, what was sent and is certain not to be replicated, in the order in which it was sent. */
    List<Batch> takeRefused() {
        if (!broken) {
            return List.of();
        }
        lock.lock();
        try {
            List<Batch> taken = List.copyOf(refused);
            refused.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable cause) {
        breakOff(cause);
    }

    @Override
    public void onCompleted() {
        breakOff(new IllegalStateException("The leader ended the stream"));
    }

    void close() {
        breakOff(new IllegalStateException("The link was closed"));
    }

    /**
     * Ends the stream. The outcome of what is not answered is unknown from now on; what was refused can still be taken back.
     * Idempotent.
     */
    void breakOff(Throwable cause) {
        ClientCallStreamObserver<byte[]> open;
        lock.lock();
        try {
            broken = true;
            open = requests;
        } finally {
            lock.unlock();
        }
        if (open != null) {
            // What the leader has not read yet it should not read: nobody waits for it any more.
            open.cancel("The link was broken off", cause);
        }
        opened.countDown();
        for (Batch batch : unanswered.values()) {
            if (unanswered.remove(batch.callId(), batch)) {
                room.release();
                listener.failed(
                        batch,
                        new OutcomeUnknownException("The connection to the leader broke before it answered", cause));
            }
        }
    }
}
