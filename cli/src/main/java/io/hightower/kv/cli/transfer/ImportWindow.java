package io.hightower.kv.cli.transfer;

import io.hightower.kv.statemachine.Bytes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What an import has on its way to the store: bounded in records and bytes, never two records of one key.
 *
 * <p><b>Ordering.</b> A record of a key that is on its way waits until the earlier one is answered, so the store sees the
 * lines of a key in their order. Answers arrive in any order; {@link #acknowledged} tells how far all lines are answered
 * without a gap. <b>Threads.</b> Thread-safe; one thread admits lines, any thread answers them. <b>Failure.</b> After
 * {@link #stop} no line is admitted; those on their way are still answered.
 */
final class ImportWindow {
    /** Lines from the first unanswered one to the last admitted one; bounds the memory while one record is repeated. */
    private static final int SPAN_LINES_MAX = 16_384;

    private final int recordsMax;
    private final long bytesMax;

    /** Guards every field below, and the fields of the tickets. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Ticket> span = new ArrayDeque<>();
    private final Set<Bytes> keys = new HashSet<>();
    private long bytes;
    private ImportMark acknowledged;
    private boolean stopped;

    /** A line that was admitted. */
    static final class Ticket {
        private final LineSource.Line line;
        private final Bytes key;
        private final long bytes;
        private boolean answered;
        private boolean stored;

        private Ticket(LineSource.Line line, Bytes key, long bytes) {
            this.line = line;
            this.key = key;
            this.bytes = bytes;
        }
    }

    /**
     * Prepares a window.
     *
     * @param recordsMax most records on their way
     * @param bytesMax most bytes of records on their way; a record is always admitted when it is the only one
     * @param start the place of the first line
     */
    ImportWindow(int recordsMax, long bytesMax, ImportMark start) {
        this.recordsMax = recordsMax;
        this.bytesMax = bytesMax;
        this.acknowledged = start;
    }

    /**
     * Waits for room and for the key, then admits a record. The caller hands the ticket back to {@link #stored} or {@link
     * #refused}.
     *
     * @return nothing when the window was stopped
     */
    Optional<Ticket> admit(LineSource.Line line, TextRecord record) throws InterruptedException {
        long weight = (long) record.key().length() + record.value().length();
        lock.lock();
        try {
            while (!stopped && !hasRoom(record.key(), weight)) {
                changed.await();
            }
            if (stopped) {
                return Optional.empty();
            }
            Ticket ticket = new Ticket(line, record.key(), weight);
            span.addLast(ticket);
            keys.add(record.key());
            bytes += weight;
            return Optional.of(ticket);
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoom(Bytes key, long weight) {
        boolean fits = keys.isEmpty() || (keys.size() < recordsMax && bytes + weight <= bytesMax);
        return fits && span.size() < SPAN_LINES_MAX && !keys.contains(key);
    }

    /** Counts a line without a usable record as answered. */
    void skip(LineSource.Line line) {
        lock.lock();
        try {
            Ticket ticket = new Ticket(line, Bytes.EMPTY, 0);
            ticket.answered = true;
            span.addLast(ticket);
            advance();
        } finally {
            lock.unlock();
        }
    }

    /** Takes note that the store has the record. */
    void stored(Ticket ticket) {
        answer(ticket, true, true);
    }

    /**
     * Takes note that the store will not have the record.
     *
     * @param skipped whether the import goes on without it; otherwise no place behind it is ever acknowledged
     */
    void refused(Ticket ticket, boolean skipped) {
        answer(ticket, skipped, false);
    }

    private void answer(Ticket ticket, boolean answered, boolean stored) {
        lock.lock();
        try {
            ticket.answered = answered;
            ticket.stored = stored;
            keys.remove(ticket.key);
            bytes -= ticket.bytes;
            advance();
        } finally {
            lock.unlock();
        }
    }

    private void advance() {
        for (Ticket first = span.peekFirst(); first != null && first.answered; first = span.peekFirst()) {
            OptionalLong lastStored = first.stored ? OptionalLong.of(first.line.start()) : acknowledged.lastStored();
            acknowledged = new ImportMark(first.line.end(), first.line.number(), lastStored);
            span.removeFirst();
        }
        changed.signalAll();
    }

    /** Returns the place before which every line is answered. */
    ImportMark acknowledged() {
        lock.lock();
        try {
            return acknowledged;
        } finally {
            lock.unlock();
        }
    }

    /** Admits no further line. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Tells whether the window was stopped. */
    boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until nothing is on its way.
     *
     * @return whether that happened in time
     */
    boolean awaitEmpty(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (!keys.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return keys.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
