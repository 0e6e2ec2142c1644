package io.hightower.kv.replication.ratis.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The calls of one receiver to pins in the same process, with the faults of a network. <b>Used by one thread at a time.</b>
 */
final class DirectCalls implements TransferCalls {
    private final StatePins pins;
    private final String receiver;

    /** Bytes handed over, by file. */
    final Map<String, Long> delivered = new TreeMap<>();

    /** So many chunks are handed over before the connection breaks. */
    int chunksUntilBreak = Integer.MAX_VALUE;

    /** So many chunks are handed over before damaged ones. */
    int chunksUntilDamage = Integer.MAX_VALUE;

    /** So many damaged chunks are handed over then. */
    int damagedChunks;

    /** Files end so many bytes early. */
    int missingBytes;

    int ends;

    DirectCalls(StatePins pins, String receiver) {
        this.pins = pins;
        this.receiver = receiver;
    }

    long deliveredBytes() {
        return delivered.values().stream().mapToLong(bytes -> bytes).sum();
    }

    @Override
    public byte[] begin(byte[] request) throws IOException {
        try {
            StatePins.Pin pin = pins.begin(receiver, TransferFormat.readBegin(request));
            return TransferFormat.begun(new TransferFormat.Manifest(pin.id(), pin.position(), pin.files()));
        } catch (StatePins.RefusedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public Chunks read(byte[] request) throws IOException {
        TransferFormat.Wanted wanted = TransferFormat.readRead(request);
        StatePins.Pin pin = pins.acquire(receiver, wanted.pin());
        return new PinnedChunks(pin, wanted, pin.open(wanted.file(), wanted.offset()));
    }

    @Override
    public void end(byte[] request) {
        ends++;
        pins.end(receiver, TransferFormat.readEnd(request));
    }

    private final class PinnedChunks implements Chunks {
        private final StatePins.Pin pin;
        private final TransferFormat.Wanted wanted;
        private final String file;
        private long reached;
        private final InputStream content;
        private boolean closed;

        PinnedChunks(StatePins.Pin pin, TransferFormat.Wanted wanted, InputStream content) {
            this.pin = pin;
            this.wanted = wanted;
            this.file = pin.files().get(wanted.file()).name();
            this.reached = wanted.offset();
            this.content = content;
        }

        @Override
        public Optional<byte[]> next() throws IOException {
            if (chunksUntilBreak-- <= 0) {
                throw new IOException("The connection broke");
            }
            byte[] bytes = new byte[TransferFormat.CHUNK_BYTES];
            int count = content.readNBytes(bytes, 0, bytes.length) - missingBytes;
            if (count <= 0) {
                return Optional.empty();
            }
            reached += count;
            pins.advance(pin, wanted.file(), reached);
            byte[] chunk = TransferFormat.chunk(bytes, count);
            if (chunksUntilDamage-- <= 0 && damagedChunks > 0) {
                damagedChunks--;
                chunk[chunk.length / 2] ^= 1;
            } else {
                delivered.merge(file, (long) count, Long::sum);
            }
            return Optional.of(chunk);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                pins.release(pin);
            }
        }
    }
}
