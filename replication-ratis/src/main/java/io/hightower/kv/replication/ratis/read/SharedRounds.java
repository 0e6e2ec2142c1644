package io.hightower.kv.replication.ratis.read;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rounds of which one is under way at a time: whoever comes meanwhile shares the next one, which begins after they came.
 *
 * <p>Thread-safe. Rounds begin on the thread of whoever comes first, or on that which ends the round before; one that ends while
 * it begins lets the next one begin after that, so that rounds which end at once do not pile up on the stack.
 */
final class SharedRounds<R> {
    private final Supplier<R> maker;
    private final Consumer<R> beginning;

    /** Guards what is under way and what is next. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile @Nullable R underWay;
    private @Nullable R next;

    /** Whether a thread is in {@link #begin}; it begins what others leave in {@link #toBegin}. */
    private boolean isBeginning;

    private @Nullable R toBegin;

    /**
     * Begins no round yet.
     *
     * @param maker makes a round that has not begun
     * @param beginning begins it; does not wait for its end, and does not throw
     */
    SharedRounds(Supplier<R> maker, Consumer<R> beginning) {
        this.maker = maker;
        this.beginning = beginning;
    }

    /** Returns a round that had not begun before the call; it begins at once if none is under way. */
    R share() {
        R mine;
        lock.lock();
        try {
            mine = next == null ? maker.get() : next;
            if (underWay != null) {
                next = mine;
                return mine;
            }
            underWay = mine;
            toBegin = mine;
        } finally {
            lock.unlock();
        }
        begin();
        return mine;
    }

    /** Returns the round that is under way; nothing if none is. */
    Optional<R> underWay() {
        return Optional.ofNullable(underWay);
    }

    /** Takes notice that a round has ended, and begins the next one. A second time it does nothing. */
    void ended(R round) {
        lock.lock();
        try {
            if (underWay != round) {
                return;
            }
            underWay = next;
            toBegin = next;
            next = null;
        } finally {
            lock.unlock();
        }
        begin();
    }

    private void begin() {
        for (R round = takeToBegin(false); round != null; round = takeToBegin(true)) {
            beginning.accept(round);
        }
    }

    /** Returns the round that the calling thread is to begin; nothing if there is none, or another thread does it. */
    private @Nullable R takeToBegin(boolean wasBeginning) {
        lock.lock();
        try {
            if (isBeginning && !wasBeginning) {
                return null;
            }
            R taken = toBegin;
            toBegin = null;
            isBeginning = taken != null;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the rounds that have not ended, and knows nothing of them any more. */
    List<R> drop() {
        lock.lock();
        try {
            List<R> dropped = Stream.of(underWay, next).filter(Objects::nonNull).toList();
            underWay = null;
            next = null;
            toBegin = null;
            return dropped;
        } finally {
            lock.unlock();
        }
    }
}
