package io.hightower.kv.benchmarks.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * How long the bare disk takes at this moment to make a small write durable: 160 bytes into a file that was written before,
 * and a sync of its data, as a commit log does.
 *
 * <p>If this number moves between two measurements, the machine moved, and not what was measured. <b>Used by one thread at a
 * time.</b>
 */
public final class SyncProbe implements AutoCloseable {
    private static final int FILE_BYTES = 4 << 20;
    private static final int WRITE_BYTES = 160;
    private static final int WRITES_MAX = 200;
    private static final int WRITES_MIN = 20;

    /** A disk that is so slow that this passes before all writes are done is probed by fewer. */
    private static final long PATIENCE_NANOS = 100_000_000;

    private final FileChannel channel;
    private final ByteBuffer content = ByteBuffer.allocateDirect(WRITE_BYTES);
    private long position;

    private SyncProbe(FileChannel channel) {
        this.channel = channel;
    }

    /** Writes the file {@code file}, which does not exist, full of zeros and syncs it. */
    public static SyncProbe create(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            ByteBuffer zeros = ByteBuffer.allocateDirect(FILE_BYTES);
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
            channel.force(true);
            return new SyncProbe(channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Probes for some 20 ms, longer on a slow disk, and returns the median in microseconds. */
    public double micros() {
        LatencyHistogram latencies = new LatencyHistogram();
        try {
            long start = System.nanoTime();
            for (int i = 0; i < WRITES_MIN || (i < WRITES_MAX && System.nanoTime() - start < PATIENCE_NANOS); i++) {
                long begin = System.nanoTime();
                channel.write(content.clear(), position);
                channel.force(false);
                latencies.record(System.nanoTime() - begin);
                position = (position + WRITE_BYTES) % (FILE_BYTES - WRITE_BYTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return latencies.percentileNanos(0.5) / 1e3;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
