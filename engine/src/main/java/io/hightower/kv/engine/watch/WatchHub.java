package io.hightower.kv.engine.watch;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.spi.ChangeFeed;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchMessage.Reason;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All watches of a store. It hears what the apply thread changes, and its dispatcher tells the watchers.
 *
 * <p><b>Ordering.</b> The dispatcher comes to one revision after the other. <b>Threads.</b> Thread-safe; what a {@link
 * ChangeFeed} hears is confined to the apply thread, which takes no lock for longer than an append. While there is no watcher
 * it costs the apply thread two writes of a number. <b>Lifetime.</b> The store belongs to the caller and is closed after it.
 */
public final class WatchHub implements ChangeFeed, AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(WatchHub.class.getName());

    /** So many revisions are told of between two looks at the lock. */
    private static final int TOLD_AT_ONCE = 64;

    private static final long APPLYING_PAUSE_NANOS = 10_000;

    private final StateStore store;
    private final RecentChanges recent;
    private final long progressNanos;
    private final HistoryThread history;
    private final Thread dispatcher = new Thread(this::dispatch, "hightower-watch");

    /** Entries that were begun and ended: equal while none is being applied. Written by the apply thread. */
    private final AtomicLong begun = new AtomicLong();

    private final AtomicLong ended = new AtomicLong();

    /** Whether changes are wanted. Written under the lock. */
    private volatile boolean heard;

    /** Guards what follows, and the change of a watcher from lagging to synchronized. */
    private final ReentrantLock lock = new ReentrantLock();

    private final WatcherIndex watchers = new WatcherIndex();
    private final Set<Watcher> progressAsked = new LinkedHashSet<>();
    private boolean started;

    /** Whom the dispatcher is to wake. */
    private final ConcurrentLinkedQueue<Watcher> wokenLater = new ConcurrentLinkedQueue<>();

    /** Why no watch is opened any more; null while they are. Written under the lock. */
    private volatile @Nullable String refusal;

    /** Every synchronized watcher was offered everything up to this revision. Written under the lock. */
    private volatile long dispatched;

    private volatile boolean dispatcherRests;

    /** Whether the dispatcher is to look once more. To unpark it is not enough: a lock, or a reader's callback, may use that up. */
    private volatile boolean called;

    /** Hears nothing before the first watch. */
    public WatchHub(StateStore store, WatchOptions options, Metrics metrics) {
        this.store = store;
        this.recent = new RecentChanges(options.recentBytes());
        this.progressNanos = options.progressInterval().toNanos();
        this.history = new HistoryThread(this, store::view, options.historyBytes(), metrics);
        dispatcher.setDaemon(true);
        metrics.gauge("watch.watchers", "Open watches", this::size);
    }

    /**
     * Opens a watch. Whatever is applied here after the call is told, if it is wanted.
     *
     * @throws ReadUnavailableException if the store is closed
     */
    public Watch open(WatchRequest request) {
        lock.lock();
        try {
            problem().ifPresent(problem -> {
                throw new ReadUnavailableException(problem);
            });
            AppliedState applied = store.applied();
            if (namesItsStart(request) && request.startRevision() < applied.compactRevision()) {
                // Also while memory has those changes: what is told depends on the compact revision alone.
                Watcher compacted = new Watcher(this, request, applied.revision());
                compacted.end(Reason.COMPACTED, applied.revision(), applied.compactRevision());
                return compacted;
            }
            start();
            hear();
            Watcher opened = new Watcher(this, request, appliedRevision());
            watchers.add(opened);
            serveFromRecent(opened);
            return opened;
        } finally {
            lock.unlock();
        }
    }

    private static boolean namesItsStart(WatchRequest request) {
        return request.startRevision() != WatchRequest.FROM_NOW;
    }

    private void start() {
        if (!started) {
            started = true;
            dispatcher.start();
            history.start();
        }
    }

    /**
     * Begins to hear. On return every entry whose changes are not heard is published, so a view opened afterwards has them.
     */
    private void hear() {
        if (heard) {
            return;
        }
        heard = true;
        long underWay = begun.get();
        while (ended.get() < underWay) {
            LockSupport.parkNanos(this, APPLYING_PAUSE_NANOS);
        }
        recent.clear();
        dispatched = appliedRevision();
    }

    private int size() {
        lock.lock();
        try {
            return watchers.size();
        } finally {
            lock.unlock();
        }
    }

    long appliedRevision() {
        return store.applied().revision();
    }

    long dispatched() {
        return dispatched;
    }

    /** Has a watcher served that is behind and whose reader waits. */
    void fetch(Watcher watcher) {
        history.serve(watcher);
    }

    /** Serves a watcher that is behind without reading history, if that is possible. Returns false if it is not. */
    boolean serveFromRecent(Watcher watcher) {
        boolean wake;
        lock.lock();
        try {
            OptionalLong wanted = watcher.wanted();
            if (wanted.isEmpty()) {
                return true;
            }
            if (wanted.getAsLong() > dispatched) {
                wake = watcher.sync();
            } else {
                List<RevisionChanges> held = recent.from(wanted.getAsLong(), Watcher.PENDING_MAX);
                if (held.isEmpty() || held.get(0).revision() != wanted.getAsLong()) {
                    return false;
                }
                wake = watcher.catchUp(held, held.get(held.size() - 1).revision() >= dispatched);
            }
        } finally {
            lock.unlock();
        }
        if (wake) {
            watcher.wake();
        }
        return true;
    }

    /** Ends a watch. */
    void end(Watcher watcher, Reason reason, long restartRevision) {
        boolean wake = watcher.end(reason, appliedRevision(), restartRevision);
        remove(watcher);
        if (wake) {
            watcher.wake();
        }
    }

    /** Forgets a watcher. The last one takes what was heard with it. */
    void remove(Watcher watcher) {
        lock.lock();
        try {
            watchers.remove(watcher);
            progressAsked.remove(watcher);
            if (watchers.size() == 0) {
                heard = false;
                recent.clear();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Has a watcher looked at once the dispatcher has come as far as its progress was asked for. */
    void awaitProgress(Watcher watcher) {
        lock.lock();
        try {
            progressAsked.add(watcher);
        } finally {
            lock.unlock();
        }
        wakeDispatcher();
    }

    @Override
    public boolean begin() {
        begun.set(begun.get() + 1);
        return heard;
    }

    @Override
    public void changed(List<Change> changes) {
        recent.add(changes);
        if (dispatcherRests) {
            wakeDispatcher();
        }
    }

    @Override
    public void end() {
        ended.lazySet(begun.get());
    }

    private void wakeDispatcher() {
        called = true;
        LockSupport.unpark(dispatcher);
    }

    @Override
    public void replaced(AppliedState installed, boolean continued) {
        List<Watcher> woken = new ArrayList<>();
        lock.lock();
        try {
            recent.clear();
            if (continued) {
                miss(dispatched + 1, woken);
            } else {
                watchers.forEach(
                        watcher -> addIf(watcher.end(Reason.STATE_REPLACED, installed.revision(), 0), watcher, woken));
                watchers.clear();
                heard = false;
            }
            dispatched = installed.revision();
        } finally {
            lock.unlock();
        }
        // Not here: what readers have run when they are woken is not for the apply thread.
        wokenLater.addAll(woken);
        wakeDispatcher();
    }

    /** Has everybody who was synchronized go on from history, from this revision at the earliest. */
    private void miss(long revision, List<Watcher> woken) {
        watchers.forEach(watcher -> addIf(watcher.missed(revision), watcher, woken));
    }

    private void dispatch() {
        try {
            dispatchAll();
        } catch (Throwable e) {
            fail(e);
        }
    }

    /** Ends all watches, and lets none begin: a thread has met what must not be. */
    void fail(Throwable cause) {
        LOGGER.log(System.Logger.Level.ERROR, "Watching has failed; only reopening the store helps", cause);
        endAll("Watching has failed, only reopening the store helps: " + cause, Reason.FAILED);
    }

    /** Ends all watches, and refuses those to come. Nothing happens the second time. */
    private void endAll(String why, Reason reason) {
        List<Watcher> open = new ArrayList<>();
        lock.lock();
        try {
            if (refusal != null) {
                return;
            }
            refusal = why;
            watchers.forEach(open::add);
        } finally {
            lock.unlock();
        }
        open.forEach(watcher -> end(watcher, reason, 0));
    }

    /** Returns why no watch is opened any more, in words for an operator; nothing while they are. */
    public Optional<String> problem() {
        return Optional.ofNullable(refusal);
    }

    private void dispatchAll() {
        long nextTick = System.nanoTime() + progressNanos;
        called = false;
        while (refusal == null) {
            boolean worked = dispatchSome();
            long untilTick = nextTick - System.nanoTime();
            if (untilTick <= 0) {
                tick();
                nextTick = System.nanoTime() + progressNanos;
            } else if (!worked) {
                rest(untilTick);
            }
            // Before looking again: whoever calls has made what he calls for visible.
            called = false;
        }
    }

    private void rest(long nanosMax) {
        dispatcherRests = true;
        if (!called && recent.last() <= dispatched) {
            LockSupport.parkNanos(this, nanosMax);
        }
        dispatcherRests = false;
    }

    /** Tells of the next revisions. Returns whether there were any. */
    private boolean dispatchSome() {
        List<Watcher> woken = new ArrayList<>();
        boolean any;
        lock.lock();
        try {
            List<RevisionChanges> next = recent.from(dispatched + 1, TOLD_AT_ONCE);
            any = !next.isEmpty();
            for (RevisionChanges changes : next) {
                dispatch(changes, woken);
            }
            progressAsked.removeIf(watcher -> {
                if (watcher.progressMayBeDue(dispatched)) {
                    woken.add(watcher);
                }
                return !watcher.waitsForProgress();
            });
        } finally {
            lock.unlock();
        }
        woken.forEach(Watcher::wake);
        wakeThoseLeft();
        return any;
    }

    private void wakeThoseLeft() {
        for (Watcher next = wokenLater.poll(); next != null; next = wokenLater.poll()) {
            next.wake();
        }
    }

    private void dispatch(RevisionChanges changes, List<Watcher> woken) {
        KeyedEvents events = changes.events();
        if (changes.revision() > dispatched + 1 || events == null) {
            // More came than is held: who was synchronized goes on from history.
            miss(dispatched + 1, woken);
        }
        if (events != null) {
            watchers.forEachOf(changes, events, watcher -> addIf(watcher.offer(changes), watcher, woken));
        }
        dispatched = changes.revision();
    }

    private static void addIf(boolean wakes, Watcher watcher, List<Watcher> woken) {
        if (wakes) {
            woken.add(watcher);
        }
    }

    private void tick() {
        List<Watcher> woken = new ArrayList<>();
        lock.lock();
        try {
            watchers.forEach(watcher -> addIf(watcher.tick(dispatched), watcher, woken));
        } finally {
            lock.unlock();
        }
        woken.forEach(Watcher::wake);
    }

    /** Ends all watches, and the threads. Idempotent. */
    @Override
    public void close() {
        endAll("The store is closed", Reason.STORE_CLOSED);
        wakeThoseLeft();
        wakeDispatcher();
        join();
    }

    private void join() {
        Thread closing = Thread.currentThread();
        if (!started || closing == dispatcher || history.runsOn(closing)) {
            // A reader's callback closes the store: its thread ends when it returns.
            return;
        }
        boolean interrupted = false;
        // Both end soon: neither waits for anything but the disk.
        while (dispatcher.isAlive() || history.isAlive()) {
            try {
                history.stop();
                dispatcher.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
