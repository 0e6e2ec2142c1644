package io.hightower.kv.server.rest;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that requests may hold together. Thread-safe.
 *
 * <p>Who is alone gets what it asks for: a request that is legal by itself must find room some time, however small the
 * budget.
 */
final class ByteBudget {
    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    ByteBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Begins a charge of no bytes. */
    Charge charge() {
        return new Charge();
    }

    /** Returns how many bytes are held at the moment. */
    long bytes() {
        return bytes.get();
    }

    private boolean tryTake(long held, long more) {
        while (true) {
            long before = bytes.get();
            if (before != held && before + more > bytesMax) {
                return false;
            }
            if (bytes.compareAndSet(before, before + more)) {
                return true;
            }
        }
    }

    /** The bytes of one request. Closing gives them back; thread-safe, idempotent. */
    final class Charge implements AutoCloseable {
        private long held;
        private boolean closed;

        private Charge() {}

        /** Takes more bytes; false, with none taken, if there is no room or the charge is closed. */
        synchronized boolean tryGrow(long more) {
            if (closed || !tryTake(held, more)) {
                return false;
            }
            held += more;
            return true;
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                bytes.addAndGet(-held);
            }
        }
    }
}
