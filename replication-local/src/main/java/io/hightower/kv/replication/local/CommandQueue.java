package io.hightower.kv.replication.local;

import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The commands that wait to be logged, in order, bounded in number and bytes; and the turn to log them.
 *
 * <p><b>Ordering.</b> First in, first out. Who has the turn is the only one to take commands and to use the log; a caller
 * gets it only when nothing waits, so that nobody overtakes. <b>Threads.</b> Any number put or try to get the turn; one, the
 * writer thread, waits for it. <b>Failure.</b> A full queue makes the putting thread wait up to the timeout, then refuses:
 * waiting without end would hide an overload.
 */
final class CommandQueue {
    private static final System.Logger LOGGER = System.getLogger(CommandQueue.class.getName());

    /** Of {@link #endTurn}: no sync will be due without further commands. */
    private static final long NOTHING_DUE = Long.MAX_VALUE;

    private final int commandsMax;
    private final long bytesMax;
    private final long timeoutNanos;

    /** Guards every field below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition room = lock.newCondition();

    /** The writer thread waits here, and nobody else. */
    private final Condition work = lock.newCondition();

    private final ArrayDeque<Proposal> waiting = new ArrayDeque<>();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private long bytes;
    private boolean closed;
    private boolean turnTaken;

    /** When the writer thread is to take the turn although nothing waits, if {@link #isSyncAwaited}. */
    private long syncDueNanoTime;

    private boolean isSyncAwaited;

    /** Whether the writer thread, should it wait, wakes by itself when the sync is due. */
    private boolean isWriterTimed;

    CommandQueue(int commandsMax, long bytesMax, Duration timeout) {
        this.commandsMax = commandsMax;
        this.bytesMax = bytesMax;
        this.timeoutNanos = timeout.toNanos();
    }

    /**
     * Appends a command, waiting for room if need be.
     *
     * @throws NotReplicatedException if there is no room in time, the queue is closed, or the thread is interrupted
     */
    void put(Proposal added) {
        lock.lock();
        try {
            awaitRoom(added.weight());
            requireOpen();
            waiting.addLast(added);
            bytes += added.weight();
            signalWriter();
        } finally {
            lock.unlock();
        }
    }

    private void awaitRoom(int weight) {
        long nanosLeft = timeoutNanos;
        try {
            // Whatever is alone fits: else a command could be legal and never find room.
            while (!closed && !waiting.isEmpty() && (waiting.size() >= commandsMax || bytes + weight > bytesMax)) {
                if (nanosLeft <= 0) {
                    throw new NotReplicatedException(
                            Reason.OVERLOADED,
                            "Too many commands wait to be logged: commands=" + waiting.size() + " commandsMax="
                                    + commandsMax + " bytes=" + bytes + " bytesMax=" + bytesMax + " waited="
                                    + Duration.ofNanos(timeoutNanos));
                }
                nanosLeft = room.awaitNanos(nanosLeft);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotReplicatedException(Reason.OVERLOADED, "Interrupted while waiting for room in the queue", e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new NotReplicatedException(Reason.STOPPED, "The store is closed");
        }
    }

    /** Has {@code task} run by the writer thread, with the turn, before the next commands. False if the queue is closed. */
    boolean putTask(Runnable task) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            tasks.addLast(task);
            signalWriter();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the turn for a caller if nobody has it and nothing waits; {@link #endTurn} must follow. Never waits. */
    boolean tryTurn() {
        lock.lock();
        try {
            if (turnTaken || closed || hasWork()) {
                return false;
            }
            turnTaken = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there is something to do and nobody has the turn, and takes it for the writer thread.
     *
     * @return false, without the turn, once the queue is closed and empty
     */
    boolean awaitTurn() {
        lock.lock();
        try {
            long nanosLeft = nanosUntilSync();
            while (turnTaken || !(hasWork() || closed || nanosLeft <= 0)) {
                isWriterTimed = isSyncAwaited && !turnTaken;
                try {
                    nanosLeft = work.awaitNanos(isWriterTimed ? nanosLeft : NOTHING_DUE);
                } catch (InterruptedException e) {
                    // The writer ends by close() alone; an interrupt from elsewhere must not lose commands.
                    LOGGER.log(System.Logger.Level.WARNING, "The writer thread was interrupted and goes on");
                }
                nanosLeft = nanosUntilSync();
            }
            turnTaken = hasWork() || !closed;
            return turnTaken;
        } finally {
            lock.unlock();
        }
    }

    private long nanosUntilSync() {
        return isSyncAwaited ? syncDueNanoTime - System.nanoTime() : NOTHING_DUE;
    }

    /**
     * Gives the turn back.
     *
     * @param syncDueNanos how long from now the writer thread is to take the turn at the latest; {@link Long#MAX_VALUE} if
     *     it need not
     */
    void endTurn(long syncDueNanos) {
        lock.lock();
        try {
            turnTaken = false;
            isSyncAwaited = syncDueNanos != NOTHING_DUE;
            if (isSyncAwaited) {
                syncDueNanoTime = System.nanoTime() + syncDueNanos;
            }
            // A timed writer wakes by itself: too early if the sync was done meanwhile, and then it waits again.
            if (hasWork() || closed || (isSyncAwaited && !isWriterTimed)) {
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean hasWork() {
        return !waiting.isEmpty() || !tasks.isEmpty();
    }

    /** Takes the tasks that wait, oldest first. Only with the turn. */
    List<Runnable> takeTasks() {
        lock.lock();
        try {
            if (tasks.isEmpty()) {
                return List.of();
            }
            List<Runnable> taken = new ArrayList<>(tasks);
            tasks.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the commands that wait, oldest first. Only with the turn.
     *
     * @param groupBytesMax at most so many bytes, but one command at least, if any waits
     */
    List<Proposal> take(long groupBytesMax) {
        lock.lock();
        try {
            List<Proposal> taken = new ArrayList<>(waiting.size());
            long groupBytes = 0;
            while (!waiting.isEmpty()
                    && (taken.isEmpty() || groupBytes + waiting.getFirst().weight() <= groupBytesMax)) {
                groupBytes += waiting.getFirst().weight();
                taken.add(waiting.removeFirst());
            }
            makeRoom(taken, groupBytes);
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the commands that were submitted before {@code nanoTime}, oldest first. Only with the turn. */
    List<Proposal> takeSubmittedBefore(long nanoTime) {
        lock.lock();
        try {
            List<Proposal> taken = new ArrayList<>();
            long takenBytes = 0;
            // Whoever waited long for room stands behind others that came later, and goes when these have gone.
            while (!waiting.isEmpty() && waiting.getFirst().submittedNanos() - nanoTime < 0) {
                takenBytes += waiting.getFirst().weight();
                taken.add(waiting.removeFirst());
            }
            makeRoom(taken, takenBytes);
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void makeRoom(List<Proposal> taken, long takenBytes) {
        bytes -= takenBytes;
        if (!taken.isEmpty()) {
            room.signalAll();
        }
    }

    private void signalWriter() {
        if (!turnTaken) {
            work.signal();
        }
    }

    /** Refuses everything from now on; what waits can still be taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            work.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
