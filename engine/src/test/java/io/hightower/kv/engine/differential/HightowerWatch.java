package io.hightower.kv.engine.differential;

import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** A watch of our engine. It says how far it has come, so it is known to have told everything. */
final class HightowerWatch implements Watching {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Watch watch;
    private final long startRevision;
    private final EventOrder order = new EventOrder();
    private OptionalLong compacted = OptionalLong.empty();

    /** Takes over a watch of which nothing but its creation was read. */
    HightowerWatch(Watch watch, long startRevision) {
        this.watch = watch;
        this.startRevision = startRevision;
    }

    @Override
    public Told told(long through, Predicate<Told> enough) {
        if (compacted.isEmpty() && startRevision <= through) {
            watch.requestProgress();
            readThrough(through);
        } else if (compacted.isEmpty()) {
            watch.poll().ifPresent(early -> {
                throw new AssertionError("Something of a watch that is yet to begin: " + early);
            });
        }
        return new Told(order.events(), compacted);
    }

    private void readThrough(long revision) {
        while (compacted.isEmpty()) {
            WatchMessage message = next();
            if (message instanceof WatchMessage.Events events) {
                order.add(events.events().stream().map(HightowerWatch::event).toList());
            } else if (message instanceof WatchMessage.Canceled canceled
                    && canceled.reason() == WatchMessage.Reason.COMPACTED) {
                compacted = OptionalLong.of(canceled.restartRevision());
            } else if (message instanceof WatchMessage.Progress progress) {
                if (progress.revision() >= revision) {
                    return;
                }
            } else {
                throw new AssertionError("Not expected of a watch: " + message);
            }
        }
    }

    private WatchMessage next() {
        try {
            return watch.await(PATIENCE)
                    .orElseThrow(() -> new AssertionError("A watch says nothing more: " + order.events()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", e);
        }
    }

    private static Event event(WatchEvent event) {
        return new Event(
                event.key(),
                event.revision(),
                event.current().map(HightowerSide::pair),
                event.previous().map(HightowerSide::pair));
    }
}
