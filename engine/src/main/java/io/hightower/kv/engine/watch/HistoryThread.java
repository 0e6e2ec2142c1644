package io.hightower.kv.engine.watch;

import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.watch.WatchMessage.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Serves watchers who are behind and whose readers wait: with recent changes if these reach far enough back, else with a part
 * of history, which is read once for all who stand in it. A reader who does not wait is not served, so it takes no memory.
 *
 * <p>What was read and not given yet is bounded: while it is too much, nothing more is read; what is not taken within
 * 100 ms is let go, and read again when its watcher comes back. <b>Threads.</b> One of its own.
 */
final class HistoryThread implements Runnable {
    private static final System.Logger LOGGER = System.getLogger(HistoryThread.class.getName());
    private static final long CHUNK_BYTES_MAX = 1 << 20;
    private static final long HELD_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FULL_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** More different ranges than these are not told apart: everything is read. */
    private static final int RANGES_MAX = 8;

    private final WatchHub hub;
    private final Supplier<StoreView> views;
    private final long bytesMax;
    private final Metrics.Counter reads;
    private final ConcurrentLinkedQueue<Watcher> asked = new ConcurrentLinkedQueue<>();

    /** Those who were not served yet, the longest waiting first. Confined to the thread. */
    private final ArrayDeque<Watcher> waiting = new ArrayDeque<>();

    /** Read and possibly not given yet, oldest first. Confined to the thread. */
    private final ArrayDeque<HistoryChunk> held = new ArrayDeque<>();

    private long heldBytes;
    private final Thread thread = new Thread(this, "hightower-watch-history");
    private volatile boolean stopped;

    HistoryThread(WatchHub hub, Supplier<StoreView> views, long bytesMax, Metrics metrics) {
        this.hub = hub;
        this.reads = metrics.counter("watch.history.reads", "Parts of history read for watchers who were behind");
        this.views = views;
        this.bytesMax = bytesMax;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Has a watcher served that is behind. Never blocks. */
    void serve(Watcher watcher) {
        asked.add(watcher);
        LockSupport.unpark(thread);
    }

    boolean runsOn(Thread asked) {
        return thread == asked;
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    void stop() throws InterruptedException {
        stopped = true;
        LockSupport.unpark(thread);
        thread.join();
    }

    @Override
    public void run() {
        try {
            serveAll();
        } catch (Throwable e) {
            hub.fail(e);
        }
    }

    private void serveAll() {
        while (!stopped) {
            for (Watcher next = asked.poll(); next != null; next = asked.poll()) {
                waiting.add(next);
            }
            waiting.removeIf(hub::serveFromRecent);
            dropUnused();
            if (waiting.isEmpty()) {
                if (asked.isEmpty() && !stopped) {
                    LockSupport.park(this);
                }
            } else if (heldBytes >= bytesMax) {
                LockSupport.parkNanos(this, FULL_PAUSE_NANOS);
            } else {
                serveFromHistory();
            }
        }
    }

    private void dropUnused() {
        long now = System.nanoTime();
        while (!held.isEmpty()) {
            HistoryChunk oldest = held.getFirst();
            boolean late = heldBytes >= bytesMax && now - oldest.readNanos() > HELD_NANOS_MAX;
            if (oldest.isUsed() && !late) {
                return;
            }
            oldest.letGo();
            heldBytes -= oldest.bytes();
            held.removeFirst();
        }
    }

    private void serveFromHistory() {
        Watcher first = waiting.removeFirst();
        OptionalLong from = first.wanted();
        if (from.isEmpty()) {
            return;
        }
        try (StoreView view = views.get()) {
            List<Watcher> together = companions(first);
            HistoryChunk chunk = read(view, from.getAsLong(), together);
            reads.add(1);
            held.add(chunk);
            heldBytes += chunk.bytes();
            boolean isServed = handOut(chunk, together).contains(first);
            if (!isServed) {
                waiting.add(first);
            }
        } catch (RevisionUnavailableException e) {
            hub.end(first, Reason.COMPACTED, e.oldest());
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "History could not be read for a watch: from=" + from, e);
            hub.end(first, Reason.FAILED, 0);
        }
    }

    /** Gives those who stand in a part of history what they want of it, and returns whoever waits no longer. */
    private Set<Watcher> handOut(HistoryChunk chunk, List<Watcher> together) {
        WatcherIndex takers = new WatcherIndex();
        for (Watcher watcher : together) {
            if (watcher.standsIn(chunk)) {
                takers.add(watcher);
            }
        }
        for (RevisionChanges changes : chunk.changes()) {
            KeyedEvents events = changes.events();
            if (events != null) {
                takers.forEachOf(changes, events, watcher -> watcher.offerFromHistory(changes));
            }
        }
        Set<Watcher> served = new HashSet<>();
        takers.forEach(watcher -> {
            if (watcher.endOfHistory(chunk)) {
                served.add(watcher);
            }
        });
        waiting.removeAll(served);
        served.forEach(Watcher::wake);
        return served;
    }

    /** Returns the watcher and those who can be served together with it. */
    private List<Watcher> companions(Watcher first) {
        List<Watcher> together = new ArrayList<>();
        together.add(first);
        for (Watcher other : waiting) {
            if (!other.request().previous() || first.request().previous()) {
                together.add(other);
            }
        }
        return together;
    }

    /** Reads as much as those take who want the same, or more where each wants a part of it. */
    private HistoryChunk read(StoreView view, long from, List<Watcher> watchers) {
        Set<KeyRange> ranges = new HashSet<>();
        watchers.forEach(watcher -> ranges.add(watcher.request().range()));
        boolean alike = ranges.size() <= RANGES_MAX;
        boolean previous = watchers.get(0).request().previous();
        return new HistoryReading(view, alike ? ranges : Set.of(KeyRange.all()), previous)
                .read(from, Math.min(CHUNK_BYTES_MAX, bytesMax), alike ? Watcher.PENDING_MAX : Integer.MAX_VALUE);
    }
}
