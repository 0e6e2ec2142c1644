package io.hightower.kv.replication.ratis.transfer;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A rate that all who send share. Who wants to send reserves the time that the bytes take, behind everybody before; time that
 * nobody used is lost. Thread-safe.
 */
final class Throttle {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long bytesPerSecond;
    private final LongSupplier nanoClock;

    /** Guards the field below. */
    private final ReentrantLock lock = new ReentrantLock();

    private long freeAtNanos;

    Throttle(long bytesPerSecond, LongSupplier nanoClock) {
        this.bytesPerSecond = bytesPerSecond;
        this.nanoClock = nanoClock;
        this.freeAtNanos = nanoClock.getAsLong();
    }

    /** Reserves the time for so many bytes; returns how long to wait before they may be sent, in nanoseconds, 0 or more. */
    long reserve(int bytes) {
        lock.lock();
        try {
            long now = nanoClock.getAsLong();
            if (freeAtNanos - now < 0) {
                freeAtNanos = now;
            }
            long wait = freeAtNanos - now;
            freeAtNanos += (long) (bytes * NANOS_PER_SECOND / bytesPerSecond);
            return wait;
        } finally {
            lock.unlock();
        }
    }
}
