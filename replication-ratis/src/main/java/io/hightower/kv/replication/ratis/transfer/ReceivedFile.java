package io.hightower.kv.replication.ratis.transfer;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.spi.StateFiles.StateFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A file on its way from another member, from an offset on. A damaged chunk is asked for again, a few times; a connection that
 * breaks is a failure, after which the next attempt goes on from what is on disk. <b>Used by one thread at a time.</b>
 */
final class ReceivedFile extends InputStream {
    private static final System.Logger LOGGER = System.getLogger(ReceivedFile.class.getName());
    private static final int ATTEMPTS_MAX = 4;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Begins to receive from an offset on. */
    interface Asking {
        TransferCalls.Chunks from(long offset) throws IOException;
    }

    /** What is received, and from whom, for messages. */
    record Place(String source, StateFile file) {
        String at(long offset) {
            return "source=" + source + " file=" + file.name() + " offset=" + offset + " length=" + file.length();
        }
    }

    private final Asking asking;
    private final Place place;
    private final TransferProgress progress;
    private TransferCalls.Chunks chunks;
    private ByteBuffer chunk = NOTHING;
    private int failedAttempts;

    /** Where the next chunk begins. */
    private long offset;

    ReceivedFile(Asking asking, Place place, long offset, TransferProgress progress) throws IOException {
        this.asking = asking;
        this.place = place;
        this.offset = offset;
        this.progress = progress;
        this.chunks = asking.from(offset);
    }

    @Override
    public int read() throws IOException {
        return advance() ? chunk.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!advance()) {
            return -1;
        }
        int count = Math.min(length, chunk.remaining());
        chunk.get(target, from, count);
        return count;
    }

    /** Moves to the next byte; false at the end. */
    private boolean advance() throws IOException {
        while (!chunk.hasRemaining()) {
            Optional<byte[]> next = next();
            if (next.isEmpty()) {
                requireWhole();
                return false;
            }
            try {
                chunk = TransferFormat.readChunk(next.get());
                failedAttempts = 0;
                offset += chunk.remaining();
                progress.received(chunk.remaining());
            } catch (CorruptionException e) {
                askAgain(e);
            }
        }
        return true;
    }

    private Optional<byte[]> next() throws IOException {
        try {
            return chunks.next();
        } catch (IOException e) {
            throw new IOException(
                    "The state of another member broke off: " + place.at(offset) + " " + progress.summary() + " cause="
                            + e.getMessage(),
                    e);
        }
    }

    private void requireWhole() throws IOException {
        if (offset != place.file().length()) {
            throw new IOException(
                    "A file of another member ends too early: " + place.at(offset) + " " + progress.summary());
        }
    }

    private void askAgain(CorruptionException damage) throws IOException {
        chunks.close();
        failedAttempts++;
        if (failedAttempts >= ATTEMPTS_MAX) {
            throw new IOException(
                    "What another member sends arrives damaged: " + place.at(offset) + " attempts=" + failedAttempts
                            + "; look at the network between the two",
                    damage);
        }
        LOGGER.log(
                System.Logger.Level.WARNING,
                "A chunk arrived damaged and is asked for again: " + place.at(offset) + " " + damage.getMessage());
        chunks = asking.from(offset);
    }

    @Override
    public void close() {
        chunks.close();
    }
}
