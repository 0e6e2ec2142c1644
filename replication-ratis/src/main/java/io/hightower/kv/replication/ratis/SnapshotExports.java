package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.codec.StateArchive;
import io.hightower.kv.statemachine.spi.StateStore;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCallStreamObserver;

/**
 * The sending of this member's state to members that are too far behind for its log. A few at a time; the store goes on
 * changing meanwhile, because each is sent from a view.
 *
 * <p>Thread-safe.
 */
final class SnapshotExports implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(SnapshotExports.class.getName());

    private static final int AT_A_TIME_MAX = 2;
    private static final int CHUNK_BYTES = 256 * 1024;
    private static final Duration STALL_MAX = Duration.ofSeconds(30);

    private final StateStore store;
    private final Consumer<LogPosition> exported;
    private final ExecutorService senders = new ThreadPoolExecutor(
            0, AT_A_TIME_MAX, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), MemberThreads.named("hightower-export"));

    /** Has {@code exported} told of each state before its first byte is sent. */
    SnapshotExports(StateStore store, Consumer<LogPosition> exported) {
        this.store = store;
        this.exported = exported;
    }

    /** Begins to send the present state. */
    void send(ServerCallStreamObserver<byte[]> target) {
        ChunkSender sender = new ChunkSender(target);
        try {
            senders.execute(() -> export(target, sender));
        } catch (RejectedExecutionException e) {
            target.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("Other members are being sent the state, or this one is closing")
                    .asRuntimeException());
        }
    }

    private void export(ServerCallStreamObserver<byte[]> target, ChunkSender sender) {
        try (StateStore.PinnedState pinned = store.pin()) {
            exported.accept(pinned.applied().position());
            long bytes = StateArchive.write(pinned, sender);
            sender.flush();
            target.onCompleted();
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "Sent the state to a member: position={0} bytes={1}",
                    pinned.applied().position(),
                    bytes);
        } catch (IOException | RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "Sending the state to a member failed", e);
            if (!target.isCancelled()) {
                target.onError(Status.ABORTED.withDescription(e.toString()).asRuntimeException());
            }
        }
    }

    @Override
    public void close() {
        senders.shutdownNow();
    }

    /** Cuts what is written into chunks, and waits while the receiver does not keep up. */
    private static final class ChunkSender extends OutputStream {
        private final ServerCallStreamObserver<byte[]> target;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final byte[] chunk = new byte[CHUNK_BYTES];
        private int filled;

        ChunkSender(ServerCallStreamObserver<byte[]> target) {
            this.target = target;
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

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            int from = offset;
            int left = length;
            while (left > 0) {
                int copied = Math.min(left, chunk.length - filled);
                System.arraycopy(source, from, chunk, filled, copied);
                filled += copied;
                from += copied;
                left -= copied;
                if (filled == chunk.length) {
                    flush();
                }
            }
        }

        @Override
        public void flush() throws IOException {
            if (filled > 0) {
                awaitReady();
                target.onNext(Arrays.copyOf(chunk, filled));
                filled = 0;
            }
        }

        private void awaitReady() throws IOException {
            long nanosLeft = STALL_MAX.toNanos();
            lock.lock();
            try {
                while (!target.isReady() && !target.isCancelled()) {
                    if (nanosLeft <= 0) {
                        throw new IOException("The receiver takes nothing: waited=" + STALL_MAX);
                    }
                    nanosLeft = changed.awaitNanos(nanosLeft);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("This member is closing", e);
            } finally {
                lock.unlock();
            }
            if (target.isCancelled()) {
                throw new IOException("The receiver is gone");
            }
        }
    }
}
