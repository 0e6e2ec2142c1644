package io.hightower.kv.replication.ratis;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.thirdparty.io.grpc.StatusException;
import org.apache.ratis.thirdparty.io.grpc.stub.BlockingClientCall;

/**
 * An exported state on its way from another member. A chunk is asked for when the one before is read, so a slow reader slows
 * the sender. <b>Used by one thread at a time.</b>
 */
final class SnapshotStream extends InputStream {
    private static final Duration SILENCE_MAX = Duration.ofSeconds(30);

    private final BlockingClientCall<byte[], byte[]> call;
    private byte[] chunk = new byte[0];
    private int at;
    private boolean ended;

    SnapshotStream(BlockingClientCall<byte[], byte[]> call) {
        this.call = call;
    }

    @Override
    public int read() throws IOException {
        return advance() ? chunk[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!advance()) {
            return -1;
        }
        int read = Math.min(length, chunk.length - at);
        System.arraycopy(chunk, at, target, offset, read);
        at += read;
        return read;
    }

    /** Moves to the next byte; false at the end. */
    private boolean advance() throws IOException {
        while (at == chunk.length && !ended) {
            byte[] next = next();
            if (next.length == 0) {
                ended = true;
            }
            chunk = next;
            at = 0;
        }
        return !ended;
    }

    /** Returns the next chunk, an empty one at the end. */
    private byte[] next() throws IOException {
        try {
            byte[] next = call.read(SILENCE_MAX.toMillis(), TimeUnit.MILLISECONDS);
            return next == null ? new byte[0] : next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while receiving a state");
        } catch (TimeoutException e) {
            throw new IOException("The member that sends the state is silent: waited=" + SILENCE_MAX, e);
        } catch (StatusException e) {
            throw new IOException("The state could not be received: " + e.getStatus(), e);
        }
    }

    @Override
    public void close() {
        if (!ended) {
            call.cancel("The receiver needs no more", null);
        }
    }
}
