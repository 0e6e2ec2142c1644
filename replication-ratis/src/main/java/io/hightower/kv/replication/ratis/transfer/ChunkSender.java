package io.hightower.kv.replication.ratis.transfer;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCallStreamObserver;

/** Sends chunks at the common rate, and no faster than the receiver takes them. <b>Used by one thread at a time.</b> */
final class ChunkSender {
    private static final Duration STALL_MAX = Duration.ofSeconds(30);

    private final ServerCallStreamObserver<byte[]> target;
    private final Throttle throttle;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** To be made before the call has begun. */
    ChunkSender(ServerCallStreamObserver<byte[]> target, Throttle throttle) {
        this.target = target;
        this.throttle = throttle;
        target.setOnReadyHandler(this::signal);
        target.setOnCancelHandler(this::signal);
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Sends the first bytes of {@code content} as one chunk. */
    void send(byte[] content, int length) throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(throttle.reserve(length));
            awaitReady();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("This member is closing", e);
        }
        target.onNext(TransferFormat.chunk(content, length));
    }

    private void awaitReady() throws IOException, InterruptedException {
        long nanosLeft = STALL_MAX.toNanos();
        lock.lock();
        try {
            while (!target.isReady() && !target.isCancelled()) {
                if (nanosLeft <= 0) {
                    throw new IOException("The receiver takes nothing: waited=" + STALL_MAX);
                }
                nanosLeft = changed.awaitNanos(nanosLeft);
            }
        } finally {
            lock.unlock();
        }
        if (target.isCancelled()) {
            throw new IOException("The receiver is gone");
        }
    }
}
