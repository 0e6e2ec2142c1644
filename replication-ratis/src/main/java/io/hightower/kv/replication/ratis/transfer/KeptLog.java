package io.hightower.kv.replication.ratis.transfer;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/**
 * The log that is needed after states on their way to other members. It is kept while they advance, and at most so much of it: a
 * receiver that never comes to an end must not fill the disk of the one that sends. Thread-safe.
 */
public final class KeptLog implements StateSender.LogKeeper {
    private static final long BYTES_MAX_LEAST = 1L << 30;
    private static final int BYTES_MAX_FACTOR = 4;

    private static final System.Logger LOGGER = System.getLogger(KeptLog.class.getName());

    private final long usualBytesMax;
    private final LongSupplier nanoClock;

    /** Guards the field below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Long, Kept> kept = new HashMap<>();

    /**
     * The log after a state.
     *
     * @param untilNanos when it is no longer kept, on the monotonic clock
     * @param givenUp whether it was too much
     */
    private record Kept(StateSender.Transfer transfer, long untilNanos, boolean givenUp) {}

    /**
     * Prepares to keep log.
     *
     * @param usualBytes log that is kept anyhow, in bytes; for a transfer it may be four times that, 1 GiB, or as much as the
     *     state itself takes, whichever is most
     * @param nanoClock the monotonic clock, in nanoseconds
     */
    public KeptLog(long usualBytes, LongSupplier nanoClock) {
        this.usualBytesMax = Math.max(BYTES_MAX_LEAST, BYTES_MAX_FACTOR * usualBytes);
        this.nanoClock = nanoClock;
    }

    @Override
    public boolean keep(StateSender.Transfer transfer, Duration longer) {
        lock.lock();
        try {
            Kept before = kept.get(transfer.id());
            if (before != null && before.givenUp()) {
                return false;
            }
            kept.put(transfer.id(), new Kept(transfer, nanoClock.getAsLong() + longer.toNanos(), false));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the last index of the log that nobody needs, at most {@code durableIndex}. Transfers that would keep too much
     * log are given up.
     *
     * @param bytesAfter returns how many bytes of log there are after an index
     */
    public long needlessThrough(long durableIndex, LongUnaryOperator bytesAfter) {
        lock.lock();
        try {
            long now = nanoClock.getAsLong();
            kept.values().removeIf(needed -> now - needed.untilNanos() >= 0);
            kept.replaceAll((id, needed) -> review(needed, bytesAfter));
            return kept.values().stream()
                    .filter(needed -> !needed.givenUp())
                    .mapToLong(needed -> needed.transfer().position().index())
                    .reduce(durableIndex, Math::min);
        } finally {
            lock.unlock();
        }
    }

    private Kept review(Kept needed, LongUnaryOperator bytesAfter) {
        if (needed.givenUp()) {
            return needed;
        }
        StateSender.Transfer transfer = needed.transfer();
        long bytesMax = Math.max(usualBytesMax, transfer.stateBytes());
        long bytes = bytesAfter.applyAsLong(transfer.position().index());
        if (bytes <= bytesMax) {
            return needed;
        }
        LOGGER.log(
                System.Logger.Level.WARNING,
                "The log grows faster than a member receives the state, which has to begin anew: position={0} logBytes={1}"
                        + " logBytesMax={2}",
                transfer.position(),
                bytes,
                bytesMax);
        return new Kept(transfer, needed.untilNanos(), true);
    }
}
