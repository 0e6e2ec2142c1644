package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.measure.LatencyHistogram;
import io.hightower.kv.benchmarks.measure.Stop;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Many watches that are read by few threads, as the event loops of a server do it: a watch that has something to give is put
 * into the queue of its thread, which takes its messages.
 *
 * <p>Values must begin with the {@link System#nanoTime} of their submission; the delay of an event is the time from there to
 * its receipt. That the events of a watch come in the order of their revisions is checked. <b>Used by one thread at a
 * time.</b>
 */
final class WatchReaders implements AutoCloseable {
    private static final int IN_A_ROW_MAX = 64;
    private static final long PAUSE_NANOS = 20_000;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    /** The time of submission, found once for all watchers. */
    private static final WatchEvent.Form<Long> SUBMITTED =
            new WatchEvent.Form<>(event -> event.current().orElseThrow().value().prefix64());

    private final List<Reader> readers = new ArrayList<>();
    private final List<Loop> loops = new ArrayList<>();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private volatile boolean isClosing;

    /** Starts the threads. */
    WatchReaders(int threads) {
        for (int i = 0; i < threads; i++) {
            Loop loop = new Loop();
            loop.thread.setDaemon(true);
            loop.thread.start();
            loops.add(loop);
        }
    }

    /** Takes over a watch of future changes, and reads it until the end. */
    void add(Watch watch) {
        Reader reader = new Reader(watch, loops.get(readers.size() % loops.size()));
        readers.add(reader);
        watch.onReady(reader::ready);
    }

    /** Returns how many events were received, over all watches. */
    long events() {
        return loops.stream().mapToLong(loop -> loop.events.get()).sum();
    }

    /**
     * Waits until so many events were received in all.
     *
     * @throws IllegalStateException if a watch ended or was out of order, or if nothing comes for a minute
     */
    void await(long events, Stop stop) {
        long begin = System.nanoTime();
        long before = -1;
        while (events() < events) {
            stop.check();
            requireSound();
            if (events() != before) {
                before = events();
                begin = System.nanoTime();
            } else if (System.nanoTime() - begin > PATIENCE_NANOS) {
                throw new IllegalStateException("Watchers are not told: received=" + before + " expected=" + events);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void requireSound() {
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("A watch failed", failed);
        }
    }

    /** Returns the delays since the last call. To be called when everything that was submitted has been received. */
    LatencyHistogram takeDelays() {
        LatencyHistogram all = new LatencyHistogram();
        for (Loop loop : loops) {
            all.add(loop.delays);
            loop.delays = new LatencyHistogram();
        }
        return all;
    }

    /** Ends the watches and the threads. */
    @Override
    public void close() {
        isClosing = true;
        readers.forEach(reader -> reader.watch.close());
        for (Loop loop : loops) {
            LockSupport.unpark(loop.thread);
            try {
                loop.thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("The measurement was interrupted", e);
            }
        }
        requireSound();
    }

    /** One of the threads. */
    private final class Loop {
        final Thread thread = new Thread(this::run, "hightower-bench-watch");
        final Queue<Reader> ready = new ConcurrentLinkedQueue<>();
        final AtomicLong events = new AtomicLong();
        volatile LatencyHistogram delays = new LatencyHistogram();

        private void run() {
            while (!isClosing) {
                Reader next = ready.poll();
                if (next == null) {
                    LockSupport.park(this);
                } else {
                    try {
                        next.read();
                    } catch (RuntimeException e) {
                        failure.compareAndSet(null, e);
                    }
                }
            }
        }
    }

    /** One watch and who reads it. */
    private final class Reader {
        final Watch watch;
        private final Loop loop;
        private final AtomicBoolean isQueued = new AtomicBoolean();
        private long revision;

        Reader(Watch watch, Loop loop) {
            this.watch = watch;
            this.loop = loop;
        }

        void ready() {
            if (isQueued.compareAndSet(false, true)) {
                loop.ready.add(this);
                LockSupport.unpark(loop.thread);
            }
        }

        /** Takes some messages; then others have their turn. */
        void read() {
            isQueued.set(false);
            for (int i = 0; i < IN_A_ROW_MAX && !isClosing; i++) {
                Optional<WatchMessage> next = watch.poll();
                if (next.isEmpty()) {
                    return;
                }
                take(next.get());
            }
            ready();
        }

        private void take(WatchMessage message) {
            if (message instanceof WatchMessage.Canceled end && !isClosing) {
                throw new IllegalStateException("A watch ended: reason=" + end.reason());
            }
            if (!(message instanceof WatchMessage.Events told)) {
                return;
            }
            long now = System.nanoTime();
            LatencyHistogram delays = loop.delays;
            for (WatchEvent event : told.events()) {
                if (event.revision() <= revision) {
                    throw new IllegalStateException(
                            "An event is out of order: revision=" + event.revision() + " before=" + revision);
                }
                revision = event.revision();
                delays.record(now - event.in(SUBMITTED));
            }
            loop.events.lazySet(loop.events.get() + told.events().size());
        }
    }
}
