package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.transfer.TransferCalls;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.StatusException;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.stub.BlockingClientCall;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/** The calls of a transfer, over the connection to one member. Thread-safe; chunks are used by one thread at a time. */
final class TransferLink implements TransferCalls {
    /** For the other member to make its state durable. */
    private static final Duration PINNING_MAX = Duration.ofSeconds(60);

    private static final Duration SILENCE_MAX = Duration.ofSeconds(30);
    private static final Duration ENDING_MAX = Duration.ofSeconds(10);

    private final Channel channel;

    TransferLink(Channel channel) {
        this.channel = channel;
    }

    private static CallOptions within(Duration patience) {
        return CallOptions.DEFAULT.withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public byte[] begin(byte[] request) throws IOException {
        try {
            return ClientCalls.blockingUnaryCall(channel, MemberProtocol.SNAPSHOT_BEGIN, within(PINNING_MAX), request);
        } catch (StatusRuntimeException e) {
            throw new IOException("The other member does not send its state: " + e.getStatus(), e);
        }
    }

    @Override
    public Chunks read(byte[] request) {
        return new StreamedChunks(ClientCalls.blockingV2ServerStreamingCall(
                channel, MemberProtocol.SNAPSHOT_READ, CallOptions.DEFAULT, request));
    }

    @Override
    public void end(byte[] request) {
        ClientCalls.asyncUnaryCall(
                channel.newCall(MemberProtocol.SNAPSHOT_END, within(ENDING_MAX)), request, new Ignored());
    }

    /** Nobody waits for the end to be heard: the pin ends by itself, too. */
    private static final class Ignored implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] value) {
            // It has none.
        }

        @Override
        public void onError(Throwable cause) {
            System.getLogger(TransferLink.class.getName())
                    .log(System.Logger.Level.DEBUG, "The end of a transfer was not heard", cause);
        }

        @Override
        public void onCompleted() {
            // As expected.
        }
    }

    /** A chunk is asked for when the one before is read, so a slow reader slows the sender. */
    private static final class StreamedChunks implements Chunks {
        private final BlockingClientCall<byte[], byte[]> call;
        private boolean ended;

        StreamedChunks(BlockingClientCall<byte[], byte[]> call) {
            this.call = call;
        }

        @Override
        public Optional<byte[]> next() throws IOException {
            if (ended) {
                return Optional.empty();
            }
            try {
                byte[] next = call.read(SILENCE_MAX.toMillis(), TimeUnit.MILLISECONDS);
                ended = next == null;
                return Optional.ofNullable(next);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("This member is closing");
            } catch (TimeoutException e) {
                throw new IOException("The other member is silent: waited=" + SILENCE_MAX, e);
            } catch (StatusException e) {
                throw new IOException(e.getStatus().toString(), e);
            }
        }

        @Override
        public void close() {
            if (!ended) {
                ended = true;
                call.cancel("The receiver needs no more", null);
            }
        }
    }
}
