package io.hightower.kv.replication.ratis.transfer;

import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.spi.StateFiles.StateFile;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StateStore.PinnedState;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The states that are pinned for receivers: one for each receiver, two receivers at a time. A pin lives until its receiver needs
 * it no more, has not got further for ten minutes, or the log that is kept for it has become too much. To begin again is not to
 * get further: a receiver that fails every time is sent a newer state before long, and what the old one held is given free.
 * Thread-safe.
 */
final class StatePins implements AutoCloseable {
    /** How long a pin lives after its receiver got further than ever. */
    static final Duration TIME_TO_LIVE = Duration.ofMinutes(10);

    private static final int RECEIVERS_MAX = 2;

    private final StateStore store;
    private final StateSender.LogKeeper keeper;
    private final LongSupplier nanoClock;

    /** Guards every field below, and those of the pins. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, Pin> pins = new HashMap<>();
    private final Set<String> beginning = new HashSet<>();
    private long lastId;
    private boolean closed;

    /** A transfer cannot be served as asked. The message is for the log of the receiver. */
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /** One pinned state. Its fields that change are guarded by the lock of the pins. */
    static final class Pin {
        private final long id;
        private final PinnedState state;
        private final long stateBytes;
        private long renewedNanos;

        /** How far the state was ever read: in which file, and to where in it. */
        private int furthestFile;

        private long furthestOffset;
        private int readers;
        private boolean dropped;

        private Pin(long id, PinnedState state, long now) {
            this.id = id;
            this.state = state;
            this.stateBytes =
                    state.files().stream().mapToLong(StateFile::length).sum();
            this.renewedNanos = now;
        }

        private boolean reaches(int file, long offset) {
            return file > furthestFile || (file == furthestFile && offset > furthestOffset);
        }

        private StateSender.Transfer transfer() {
            return new StateSender.Transfer(id, position(), stateBytes);
        }

        long id() {
            return id;
        }

        LogPosition position() {
            return state.applied().position();
        }

        List<StateFile> files() {
            return state.files();
        }

        InputStream open(int file, long offset) throws IOException {
            List<StateFile> files = state.files();
            if (file < 0
                    || file >= files.size()
                    || offset < 0
                    || offset > files.get(file).length()) {
                throw new RefusedException("There is no such place in the state: file=" + file + " offset=" + offset);
            }
            return state.open(files.get(file), offset);
        }
    }

    /** Begins with a number that no earlier life of this member is likely to have used. */
    StatePins(StateStore store, StateSender.LogKeeper keeper, LongSupplier nanoClock, long firstId) {
        this.store = store;
        this.keeper = keeper;
        this.nanoClock = nanoClock;
        this.lastId = firstId;
    }

    /**
     * Returns the pin of a receiver: the one that it has, if that reaches far enough, or a new one of the present state.
     *
     * @param neededIndex log index that the state must reach
     * @throws RefusedException if others receive, or the state does not reach that far
     */
    Pin begin(String receiver, long neededIndex) {
        lock.lock();
        try {
            dropExpired();
            Pin known = pins.get(receiver);
            if (known != null && known.position().index() >= neededIndex && isFresh(known)) {
                return known;
            }
            if (known != null) {
                drop(receiver, known);
            }
            requireRoom(receiver);
            beginning.add(receiver);
        } finally {
            lock.unlock();
        }
        return pinFor(receiver, neededIndex);
    }

    private void requireRoom(String receiver) {
        if (closed) {
            throw new RefusedException("This member is closing");
        }
        if (beginning.contains(receiver)) {
            throw new RefusedException("The state is being pinned for this member already");
        }
        if (pins.size() + beginning.size() >= RECEIVERS_MAX) {
            throw new RefusedException("Other members are being sent the state: membersMax=" + RECEIVERS_MAX);
        }
    }

    private Pin pinFor(String receiver, long neededIndex) {
        PinnedState state = null;
        try {
            state = store.pin();
        } finally {
            if (state == null) {
                forgetBeginning(receiver);
            }
        }
        lock.lock();
        try {
            beginning.remove(receiver);
            long reached = state.applied().position().index();
            if (closed || reached < neededIndex) {
                state.close();
                throw new RefusedException(
                        closed
                                ? "This member is closing"
                                : "The state does not reach far enough: index=" + reached + " needed=" + neededIndex);
            }
            Pin pin = new Pin(++lastId, state, nanoClock.getAsLong());
            pins.put(receiver, pin);
            renew(pin);
            return pin;
        } finally {
            lock.unlock();
        }
    }

    private void forgetBeginning(String receiver) {
        lock.lock();
        try {
            beginning.remove(receiver);
        } finally {
            lock.unlock();
        }
    }

    /** Lets a pin live on; false if the log after it may be gone. The lock is held. */
    private boolean renew(Pin pin) {
        pin.renewedNanos = nanoClock.getAsLong();
        return keeper.keep(pin.transfer(), TIME_TO_LIVE);
    }

    /** Tells whether a transfer may still come to a good end: its time is not up, and the log after it is kept. */
    private boolean isFresh(Pin pin) {
        long nanosLeft = TIME_TO_LIVE.toNanos() - (nanoClock.getAsLong() - pin.renewedNanos);
        return nanosLeft > 0 && keeper.keep(pin.transfer(), Duration.ofNanos(nanosLeft));
    }

    /**
     * Returns a pin for reading; it lives at least until {@link #release}.
     *
     * @throws RefusedException if the receiver has no such pin, or has it no more
     */
    Pin acquire(String receiver, long id) {
        lock.lock();
        try {
            dropExpired();
            Pin pin = pins.get(receiver);
            if (pin == null || pin.id != id) {
                throw new RefusedException("The pin of the state has ended: begin again, what arrived is kept");
            }
            pin.readers++;
            return pin;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes how far a pin was read, and lets it live on if that is further than before.
     *
     * @param file number of the file in the list
     * @param offset how many bytes of it were read
     * @throws RefusedException if the log that the receiver would need next may be gone
     */
    void advance(Pin pin, int file, long offset) {
        lock.lock();
        try {
            if (pin.dropped || !pin.reaches(file, offset)) {
                return;
            }
            pin.furthestFile = file;
            pin.furthestOffset = offset;
            if (!renew(pin)) {
                pins.values().remove(pin);
                pin.dropped = true;
                throw new RefusedException(
                        "The log grew faster than the state was received: begin again, what arrived is kept");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends a reading that began with {@link #acquire}. */
    void release(Pin pin) {
        lock.lock();
        try {
            pin.readers--;
            closeUnread(pin);
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of a receiver's pin, if it is that one. */
    void end(String receiver, long id) {
        lock.lock();
        try {
            Pin pin = pins.get(receiver);
            if (pin != null && pin.id == id) {
                drop(receiver, pin);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of what nobody reads and nobody has got further in for long; returns how many pins are left. */
    int dropExpired() {
        lock.lock();
        try {
            long now = nanoClock.getAsLong();
            for (Iterator<Pin> each = pins.values().iterator(); each.hasNext(); ) {
                Pin pin = each.next();
                if (pin.readers == 0 && now - pin.renewedNanos >= TIME_TO_LIVE.toNanos()) {
                    each.remove();
                    pin.dropped = true;
                    closeUnread(pin);
                }
            }
            return pins.size();
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many states are pinned. */
    int size() {
        lock.lock();
        try {
            return pins.size();
        } finally {
            lock.unlock();
        }
    }

    private void drop(String receiver, Pin pin) {
        pins.remove(receiver);
        pin.dropped = true;
        closeUnread(pin);
    }

    private static void closeUnread(Pin pin) {
        if (pin.dropped && pin.readers == 0) {
            try {
                pin.state.close();
            } catch (StorageException e) {
                System.getLogger(StatePins.class.getName())
                        .log(System.Logger.Level.WARNING, "A pinned state could not be let go of", e);
            }
        }
    }

    /** Lets go of everything, as soon as nobody reads it. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            Map.copyOf(pins).forEach(this::drop);
        } finally {
            lock.unlock();
        }
    }
}
