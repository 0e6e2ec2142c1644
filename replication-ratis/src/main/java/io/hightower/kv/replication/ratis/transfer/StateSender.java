package io.hightower.kv.replication.ratis.transfer;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StateStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCallStreamObserver;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/**
 * Answers the calls of members that receive this member's state. The store goes on changing meanwhile: what is sent is pinned.
 *
 * <p><b>Threads.</b> Thread-safe. Calls return at once; the work is done on threads of its own, which end when nobody receives.
 */
public final class StateSender implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(StateSender.class.getName());

    /** Two receivers, each perhaps with a reading that was broken off and has not noticed yet. */
    private static final int THREADS_MAX = 4;

    private static final int IDLE_SECONDS = 10;
    private static final int ENDING_SECONDS_MAX = 10;

    private final StatePins pins;
    private final Throttle throttle;
    private final Metrics.Counter sent;
    private final ThreadPoolExecutor senders;
    private final ScheduledThreadPoolExecutor expiry;

    /**
     * A state on its way to a member.
     *
     * @param id tells it from other transfers
     * @param position where in the log the state stands
     * @param stateBytes what its files have, in bytes
     */
    public record Transfer(long id, LogPosition position, long stateBytes) {}

    /** Has the log kept that follows a state on its way. */
    @FunctionalInterface
    public interface LogKeeper {
        /**
         * Keeps the log after the state for the time {@code longer} from now on; false if that had become too much, and the
         * log may be gone.
         */
        boolean keep(Transfer transfer, Duration longer);
    }

    /**
     * Sends states of {@code store}.
     *
     * @param bytesPerSecond what all receivers together get at most
     * @param threads makes its threads
     */
    public StateSender(
            StateStore store, LogKeeper keeper, long bytesPerSecond, ThreadFactory threads, Metrics metrics) {
        // Pins of an earlier life of this process must not be taken for those of this one.
        this.pins = new StatePins(store, keeper, System::nanoTime, System.currentTimeMillis() << 16);
        this.throttle = new Throttle(bytesPerSecond, System::nanoTime);
        this.sent = metrics.counter("ratis.transfer.sent.bytes", "Bytes of states sent to other members");
        metrics.gauge("ratis.transfer.receivers", "Members that are being sent the state", pins::size);
        this.senders = new ThreadPoolExecutor(
                0, THREADS_MAX, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
        this.expiry = new ScheduledThreadPoolExecutor(1, threads);
        expiry.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        expiry.allowCoreThreadTimeOut(true);
        expiry.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Pins the state for a receiver and answers what it consists of. */
    public void begin(String receiver, byte[] request, StreamObserver<byte[]> answer) {
        submit(answer, () -> {
            StatePins.Pin pin = pins.begin(receiver, TransferFormat.readBegin(request));
            expireLater();
            answer.onNext(TransferFormat.begun(new TransferFormat.Manifest(pin.id(), pin.position(), pin.files())));
            answer.onCompleted();
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "A member receives the state: receiver={0} position={1} files={2} bytes={3}",
                    receiver,
                    pin.position(),
                    pin.files().size(),
                    pin.files().stream().mapToLong(file -> file.length()).sum());
        });
    }

    private void expireLater() {
        try {
            ScheduledFuture<?> unused = expiry.schedule(
                    () -> {
                        if (pins.dropExpired() > 0) {
                            expireLater();
                        }
                    },
                    StatePins.TIME_TO_LIVE.toMillis() + 1,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Closing lets go of everything.
            LOGGER.log(System.Logger.Level.DEBUG, "Closing while a state is sent", e);
        }
    }

    /** Sends part of a file. To be called before the call has begun to answer. */
    public void read(String receiver, byte[] request, ServerCallStreamObserver<byte[]> target) {
        ChunkSender sender = new ChunkSender(target, throttle);
        submit(target, () -> {
            TransferFormat.Wanted wanted = TransferFormat.readRead(request);
            StatePins.Pin pin = pins.acquire(receiver, wanted.pin());
            try (InputStream content = pin.open(wanted.file(), wanted.offset())) {
                byte[] chunk = new byte[TransferFormat.CHUNK_BYTES];
                long reached = wanted.offset();
                int count = content.readNBytes(chunk, 0, chunk.length);
                while (count > 0) {
                    sender.send(chunk, count);
                    sent.add(count);
                    reached += count;
                    pins.advance(pin, wanted.file(), reached);
                    count = content.readNBytes(chunk, 0, chunk.length);
                }
                target.onCompleted();
            } finally {
                pins.release(pin);
            }
        });
    }

    /** Lets go of a pin. */
    public void end(String receiver, byte[] request, StreamObserver<byte[]> answer) {
        submit(answer, () -> {
            pins.end(receiver, TransferFormat.readEnd(request));
            answer.onNext(new byte[0]);
            answer.onCompleted();
            LOGGER.log(System.Logger.Level.INFO, "A member has received the state: receiver={0}", receiver);
        });
    }

    /** What a call does; its failures are told to the caller. */
    private interface Work {
        void run() throws IOException;
    }

    private void submit(StreamObserver<byte[]> answer, Work work) {
        try {
            senders.execute(() -> run(answer, work));
        } catch (RejectedExecutionException e) {
            answer.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("Other members are being sent the state, or this one is closing")
                    .asRuntimeException());
        }
    }

    private static void run(StreamObserver<byte[]> answer, Work work) {
        try {
            work.run();
        } catch (StatePins.RefusedException e) {
            answer.onError(
                    Status.FAILED_PRECONDITION.withDescription(e.getMessage()).asRuntimeException());
        } catch (IOException | RuntimeException e) {
            if (answer instanceof ServerCallStreamObserver<byte[]> call && call.isCancelled()) {
                // The receiver says itself why it left.
                LOGGER.log(System.Logger.Level.DEBUG, "A receiver left", e);
                return;
            }
            LOGGER.log(System.Logger.Level.WARNING, "Sending the state to a member failed", e);
            Status status = e instanceof CorruptionException ? Status.DATA_LOSS : Status.ABORTED;
            answer.onError(status.withDescription(e.toString()).asRuntimeException());
        }
    }

    /** Lets go of all states and waits until nobody reads one any more, for ten seconds or until it is interrupted. */
    @Override
    public void close() {
        expiry.shutdownNow();
        senders.shutdownNow();
        pins.close();
        try {
            if (!senders.awaitTermination(ENDING_SECONDS_MAX, TimeUnit.SECONDS)
                    || !expiry.awaitTermination(ENDING_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOGGER.log(System.Logger.Level.WARNING, "A thread does not end that sends the state");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
