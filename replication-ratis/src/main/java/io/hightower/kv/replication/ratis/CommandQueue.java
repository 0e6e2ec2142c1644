package io.hightower.kv.replication.ratis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The submissions that wait to be proposed, in order, bounded in number and bytes of their commands.
 *
 * <p><b>Ordering.</b> First in, first out, except what {@link #offerFirst} puts in front. <b>Threads.</b> Any number offer,
 * one drains. <b>Failure.</b> A full queue makes the offering thread wait up to the timeout, then refuses: waiting without end
 * would hide an overload.
 */
final class CommandQueue {
    /** What became of an offer. */
    enum Offered {
        TAKEN,
        FULL,
        CLOSED
    }

    private final int commandsMax;
    private final long bytesMax;
    private final Duration timeout;

    /** Guards every field below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition room = lock.newCondition();
    private final Condition work = lock.newCondition();
    private final ArrayDeque<Submission> waiting = new ArrayDeque<>();
    private long commands;
    private long bytes;
    private boolean closed;
    private boolean ended;

    /** Whether whoever drains may still be at work on what it got. */
    private boolean handedOut;

    private boolean nudged;

    CommandQueue(int commandsMax, long bytesMax, Duration timeout) {
        this.commandsMax = commandsMax;
        this.bytesMax = bytesMax;
        this.timeout = timeout;
    }

    /** Appends a submission, waiting for room if need be; an interrupted thread finds the queue full. */
    Offered offer(Submission offered) {
        long nanosLeft = timeout.toNanos();
        lock.lock();
        try {
            while (isOpenFor(offered) && !fits(offered)) {
                if (nanosLeft <= 0) {
                    return Offered.FULL;
                }
                nanosLeft = room.awaitNanos(nanosLeft);
            }
            if (!isOpenFor(offered)) {
                return Offered.CLOSED;
            }
            waiting.addLast(offered);
            count(offered, 1);
            work.signal();
            return Offered.TAKEN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Offered.FULL;
        } finally {
            lock.unlock();
        }
    }

    /** Puts a submission in front of all others, room or not; false if the queue is closed. Meant for few and small ones. */
    boolean offerFirst(Submission offered) {
        lock.lock();
        try {
            if (!isOpenFor(offered)) {
                return false;
            }
            waiting.addFirst(offered);
            count(offered, 1);
            work.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isOpenFor(Submission offered) {
        return !ended && !(closed && offered.isLocal());
    }

    private boolean fits(Submission offered) {
        // Whatever is alone fits, or a large submission could never pass.
        return waiting.isEmpty()
                || (commands + offered.commands().size() <= commandsMax && bytes + offered.bytes() <= bytesMax);
    }

    private void count(Submission counted, int sign) {
        commands += (long) sign * counted.commands().size();
        bytes += (long) sign * counted.bytes();
    }

    /**
     * Takes the oldest submissions; waits for the first.
     *
     * @param countMax at most so many commands, but always one submission
     * @param drainedBytesMax at most so many bytes, but always one submission
     * @param waitMillis returns with nothing after so long, or when nudged
     */
    List<Submission> drain(int countMax, long drainedBytesMax, long waitMillis) throws InterruptedException {
        long nanosLeft = TimeUnit.MILLISECONDS.toNanos(waitMillis);
        lock.lock();
        try {
            handedOut = false;
            while (waiting.isEmpty() && !ended && !nudged && nanosLeft > 0) {
                nanosLeft = work.awaitNanos(nanosLeft);
            }
            List<Submission> drained = new ArrayList<>();
            for (int left = Batch.fitting(waiting, countMax, drainedBytesMax); left > 0; left--) {
                Submission next = waiting.removeFirst();
                count(next, -1);
                drained.add(next);
            }
            if (!drained.isEmpty()) {
                room.signalAll();
            }
            nudged = false;
            handedOut = true;
            return drained;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out what has waited too long. */
    List<Submission> removeExpired(long nowNanos) {
        lock.lock();
        try {
            List<Submission> expired = new ArrayList<>();
            for (Iterator<Submission> all = waiting.iterator(); all.hasNext(); ) {
                Submission next = all.next();
                if (next.isExpired(nowNanos)) {
                    all.remove();
                    count(next, -1);
                    expired.add(next);
                }
            }
            if (!expired.isEmpty()) {
                room.signalAll();
            }
            return expired;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out everything that waits. */
    List<Submission> removeAll() {
        lock.lock();
        try {
            List<Submission> removed = List.copyOf(waiting);
            waiting.clear();
            commands = 0;
            bytes = 0;
            room.signalAll();
            return removed;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more from this member; what others forward is still taken, so that it can be refused in its turn. */
    void close() {
        lock.lock();
        try {
            closed = true;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing from now on; what waits can still be drained. */
    void end() {
        lock.lock();
        try {
            closed = true;
            ended = true;
            work.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Has whoever drains return now, also with nothing. */
    void nudge() {
        lock.lock();
        try {
            nudged = true;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Tells whether nothing waits and what was drained last is done with: whoever drains has come back for more. */
    boolean isIdle() {
        lock.lock();
        try {
            return waiting.isEmpty() && !handedOut;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many bytes of commands wait. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many submissions wait. */
    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
