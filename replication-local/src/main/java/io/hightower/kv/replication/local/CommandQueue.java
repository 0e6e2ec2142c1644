package io.hightower.kv.replication.local;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.Result;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The commands that wait to be logged, in order, bounded in number and bytes.
 *
 * <p><b>Ordering.</b> First in, first out. <b>Threads.</b> Any number put, one takes. <b>Failure.</b> A full queue makes the
 * putting thread wait up to the timeout, then refuses: waiting without end would hide an overload.
 */
final class CommandQueue {
    private static final System.Logger LOGGER = System.getLogger(CommandQueue.class.getName());

    private final int commandsMax;
    private final long bytesMax;
    private final Duration timeout;

    /** Guards every field below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition room = lock.newCondition();
    private final Condition work = lock.newCondition();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private long bytes;
    private boolean closed;
    private boolean takerWaits;

    /** A command, what it weighs, and who wants its result. */
    record Waiting(Command command, int weight, CompletableFuture<Result> result) {}

    /** What the taker got: tasks to run first, then commands to log. Both may be empty. */
    record Taken(List<Runnable> tasks, List<Waiting> commands, boolean closed) {}

    CommandQueue(int commandsMax, long bytesMax, Duration timeout) {
        this.commandsMax = commandsMax;
        this.bytesMax = bytesMax;
        this.timeout = timeout;
    }

    /**
     * Appends a command, waiting for room if need be.
     *
     * @throws NotReplicatedException if there is no room in time, the queue is closed, or the thread is interrupted
     */
    void put(Waiting added) {
        lock.lock();
        try {
            awaitRoom(added.weight());
            if (closed) {
                throw new NotReplicatedException(Reason.STOPPED, "The store is closed");
            }
            waiting.addLast(added);
            bytes += added.weight();
            signalTaker();
        } finally {
            lock.unlock();
        }
    }

    private void awaitRoom(int weight) {
        long nanosLeft = timeout.toNanos();
        try {
            // Whatever is alone fits: else a command could be legal and never find room.
            while (!closed && !waiting.isEmpty() && (waiting.size() >= commandsMax || bytes + weight > bytesMax)) {
                if (nanosLeft <= 0) {
                    throw new NotReplicatedException(
                            Reason.OVERLOADED,
                            "Too many commands wait to be logged: commands=" + waiting.size() + " commandsMax="
                                    + commandsMax + " bytes=" + bytes + " bytesMax=" + bytesMax + " waited=" + timeout);
                }
                nanosLeft = room.awaitNanos(nanosLeft);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotReplicatedException(Reason.OVERLOADED, "Interrupted while waiting for room in the queue", e);
        }
    }

    /** Has {@code task} run by the taker before the next commands. False, without effect, if the queue is closed. */
    boolean putTask(Runnable task) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            tasks.addLast(task);
            signalTaker();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes what waits, oldest first; waits for the first of it.
     *
     * @param groupBytesMax at most so many bytes of commands, but always at least one command
     * @param waitNanosMax returns with nothing after so long
     */
    Taken take(long groupBytesMax, long waitNanosMax) {
        lock.lock();
        try {
            awaitWork(waitNanosMax);
            List<Runnable> takenTasks = new ArrayList<>(tasks);
            tasks.clear();
            List<Waiting> takenCommands = new ArrayList<>(waiting.size());
            long groupBytes = 0;
            while (!waiting.isEmpty()
                    && (takenCommands.isEmpty()
                            || groupBytes + waiting.peekFirst().weight() <= groupBytesMax)) {
                Waiting next = waiting.removeFirst();
                takenCommands.add(next);
                groupBytes += next.weight();
            }
            bytes -= groupBytes;
            if (!takenCommands.isEmpty()) {
                room.signalAll();
            }
            return new Taken(takenTasks, takenCommands, closed);
        } finally {
            lock.unlock();
        }
    }

    private void awaitWork(long nanosMax) {
        long nanosLeft = nanosMax;
        takerWaits = true;
        while (waiting.isEmpty() && tasks.isEmpty() && !closed && nanosLeft > 0) {
            try {
                nanosLeft = work.awaitNanos(nanosLeft);
            } catch (InterruptedException e) {
                // The writer ends by close() alone; an interrupt from elsewhere must not lose commands.
                LOGGER.log(System.Logger.Level.WARNING, "The writer thread was interrupted and goes on");
            }
        }
        takerWaits = false;
    }

    private void signalTaker() {
        if (takerWaits) {
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
