package io.hightower.kv.engine.watch;

import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.spi.ChangeFeed.Change;
import io.hightower.kv.statemachine.watch.WatchEvent;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one revision, shared by all who wait for them, until their owner lets them go. <b>Thread-safe.</b>
 */
final class RevisionChanges {
    /** Objects and numbers beside key and value. */
    private static final int CHANGE_BYTES = 160;

    private final long revision;
    private final long bytes;

    /** What the events are made of; null once they are made, or let go. */
    private volatile @Nullable List<Change> changes;

    private volatile @Nullable KeyedEvents events;

    /** Whether they were let go: whoever makes events meanwhile lets go of those. */
    private volatile boolean released;

    private RevisionChanges(long revision, long bytes, @Nullable List<Change> changes, @Nullable KeyedEvents events) {
        this.revision = revision;
        this.bytes = bytes;
        this.changes = changes;
        this.events = events;
    }

    /** Holds changes as an entry made them, at least one, all of one revision, in order. */
    static RevisionChanges applied(List<Change> changes) {
        long bytes = 0;
        for (Change change : changes) {
            bytes += CHANGE_BYTES + bytes(change.written()) + bytes(change.before());
        }
        return new RevisionChanges(changes.get(0).written().modified().main(), bytes, changes, null);
    }

    /** Holds events as history has them, at least one, all of one revision, in order, of different keys. */
    static RevisionChanges read(List<WatchEvent> events) {
        long bytes = 0;
        for (WatchEvent event : events) {
            bytes += CHANGE_BYTES + event.bytes();
        }
        return new RevisionChanges(events.get(0).revision(), bytes, null, KeyedEvents.of(events));
    }

    private static long bytes(Optional<KeyRecord> stored) {
        return stored.isPresent() ? bytes(stored.get()) : 0;
    }

    private static long bytes(KeyRecord stored) {
        return stored.key().length() + (long) stored.value().length();
    }

    long revision() {
        return revision;
    }

    /** Returns about how much memory it takes while it is held, in bytes. */
    long bytes() {
        return bytes;
    }

    /** Returns the events, which are made for whoever asks first; null if they were let go. */
    @Nullable
    KeyedEvents events() {
        KeyedEvents known = events;
        if (known != null) {
            return known;
        }
        return made();
    }

    private synchronized @Nullable KeyedEvents made() {
        List<Change> held = changes;
        if (events == null && held != null) {
            events = KeyedEvents.made(held);
            changes = null;
        }
        if (released) {
            events = null;
        }
        return events;
    }

    /** Gives the memory back, whoever still waits for the events. Waits for nobody who is making them. */
    void letGo() {
        released = true;
        changes = null;
        events = null;
    }
}
