package io.hightower.kv.replication.ratis.transfer;

import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StateFiles.StateFile;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** How far a transfer is, told to the log every few seconds. <b>Used by one thread at a time.</b> */
final class TransferProgress {
    private static final System.Logger LOGGER = System.getLogger(TransferProgress.class.getName());
    private static final long TELL_EVERY_NANOS = Duration.ofSeconds(5).toNanos();
    private static final double NANOS_PER_SECOND = 1e9;

    private final String source;
    private final List<StateFile> files;
    private final long total;
    private final Metrics.Counter counter;
    private final LongSupplier nanoClock;
    private final long beganNanos;
    private long toldNanos;
    private long received;

    /** Bytes of the state before the next one that comes, be they received or here before. */
    private long reached;

    TransferProgress(String source, List<StateFile> files, Metrics metrics, LongSupplier nanoClock) {
        this.source = source;
        this.files = files;
        this.total = files.stream().mapToLong(StateFile::length).sum();
        this.counter = metrics.counter("ratis.transfer.received.bytes", "Bytes of states received from other members");
        this.nanoClock = nanoClock;
        this.beganNanos = nanoClock.getAsLong();
        this.toldNanos = beganNanos;
    }

    /** Notes that a file is being received from an offset on; those before it are here. */
    void began(int file, long offset) {
        reached = offset;
        for (StateFile before : files.subList(0, file)) {
            reached += before.length();
        }
    }

    void received(int bytes) {
        received += bytes;
        reached += bytes;
        counter.add(bytes);
        long now = nanoClock.getAsLong();
        if (now - toldNanos >= TELL_EVERY_NANOS) {
            toldNanos = now;
            LOGGER.log(System.Logger.Level.INFO, "Receiving the state: source=" + source + " " + summary());
        }
    }

    /** Returns how far it is: bytes received, of the state that are here, of all that it has, and per second. */
    String summary() {
        long perSecond = (long) (received * NANOS_PER_SECOND / Math.max(1, nanoClock.getAsLong() - beganNanos));
        return "receivedBytes=" + received + " reachedBytes=" + reached + " ofBytes=" + total + " bytesPerSecond="
                + perSecond;
    }
}
