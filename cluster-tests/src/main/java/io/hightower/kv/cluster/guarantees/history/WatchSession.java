package io.hightower.kv.cluster.guarantees.history;

import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One watch, from its opening to its end, as it was received. Who lost a watch goes on with another one, behind what it knows to
 * be whole: these are sessions of the same watcher. <b>Immutable.</b>
 *
 * @param number tells it apart; sessions of one watcher have ascending ones
 * @param watcher who watched
 * @param member where
 * @param openedNanos when it was asked for, before anything was sent
 * @param request what was asked for
 * @param received what came, in order
 */
public record WatchSession(
        long number, String watcher, String member, long openedNanos, WatchRequest request, List<Received> received) {
    /**
     * One message.
     *
     * @param nanos when it was there
     * @param message what it said
     */
    public record Received(long nanos, WatchMessage message) {}

    /** Copies the list. */
    public WatchSession {
        received = List.copyOf(received);
    }

    /** Returns the store's revision when watching began; nothing if the watch was never confirmed. */
    public OptionalLong createdRevision() {
        for (Received next : received) {
            if (next.message() instanceof WatchMessage.Created created) {
                return OptionalLong.of(created.revision());
            }
        }
        return OptionalLong.empty();
    }

    /** Returns the first revision whose changes are to be given; nothing if that was never confirmed. */
    public OptionalLong firstRevision() {
        if (request.startRevision() != WatchRequest.FROM_NOW) {
            return OptionalLong.of(request.startRevision());
        }
        OptionalLong created = createdRevision();
        return created.isPresent() ? OptionalLong.of(created.getAsLong() + 1) : OptionalLong.empty();
    }

    /** Returns the revision up to which, by its messages, everything was given; nothing before the first such message. */
    public OptionalLong completeThrough() {
        OptionalLong through = OptionalLong.empty();
        for (Received next : received) {
            OptionalLong claimed = claimedBy(next.message());
            if (claimed.isPresent() && (through.isEmpty() || claimed.getAsLong() > through.getAsLong())) {
                through = claimed;
            }
        }
        return through;
    }

    /** Returns the revision up to which a message says that everything was given; nothing if it says nothing of the kind. */
    public static OptionalLong claimedBy(WatchMessage message) {
        if (message instanceof WatchMessage.Progress progress) {
            return OptionalLong.of(progress.revision());
        }
        return message instanceof WatchMessage.Events events && !events.fragment()
                ? OptionalLong.of(events.revision())
                : OptionalLong.empty();
    }

    /** Returns all events in the order in which they came. */
    public List<WatchEvent> events() {
        List<WatchEvent> events = new ArrayList<>();
        for (Received next : received) {
            if (next.message() instanceof WatchMessage.Events some) {
                events.addAll(some.events());
            }
        }
        return events;
    }

    /** Returns the events up to {@link #completeThrough}: without a revision that the end of the watch cut. */
    public List<WatchEvent> wholeEvents() {
        long through = completeThrough().orElse(0);
        return events().stream().filter(event -> event.revision() <= through).toList();
    }

    /** Returns the message that ended the watch, if one did. */
    public Optional<WatchMessage.Canceled> canceled() {
        for (Received next : received) {
            if (next.message() instanceof WatchMessage.Canceled canceled) {
                return Optional.of(canceled);
            }
        }
        return Optional.empty();
    }

    /** Returns when the first message of a kind came; nothing if none did. */
    public OptionalLong nanosOf(Class<? extends WatchMessage> kind) {
        for (Received next : received) {
            if (kind.isInstance(next.message())) {
                return OptionalLong.of(next.nanos());
            }
        }
        return OptionalLong.empty();
    }

    /** Tells whether a change is one that was asked for. */
    public boolean wants(Change change) {
        return request.range().contains(change.key()) && request.changes().include(change.kind());
    }

    /** Writes it for people: number, watcher, member, what was asked, and what came of it. */
    @Override
    public String toString() {
        return "watch " + number + " of " + watcher + " at " + member + ": range=" + request.range() + " from="
                + request.startRevision() + " changes=" + request.changes() + " -> created="
                + shown(createdRevision()) + " events=" + events().size() + " completeThrough="
                + shown(completeThrough()) + " end="
                + canceled().map(WatchMessage.Canceled::toString).orElse("none");
    }

    private static String shown(OptionalLong revision) {
        return revision.isPresent() ? Long.toString(revision.getAsLong()) : "never";
    }
}
