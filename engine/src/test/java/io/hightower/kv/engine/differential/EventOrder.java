package io.hightower.kv.engine.differential;

import java.util.ArrayList;
import java.util.List;

/**
 * The events of one watch as they come. Each response must begin behind the revision with which the one before it ended, so
 * that no revision is cut in two. <b>Used by one thread at a time.</b>
 */
final class EventOrder {
    private final List<Watching.Event> events = new ArrayList<>();

    /** Adds what came in one response. */
    void add(List<Watching.Event> response) {
        long last = events.isEmpty() ? 0 : events.get(events.size() - 1).revision();
        for (Watching.Event event : response) {
            if (event.revision() < last) {
                throw new AssertionError("Events go back: " + event + " after revision " + last);
            }
            last = event.revision();
        }
        if (!events.isEmpty() && !response.isEmpty() && isLast(response.get(0).revision())) {
            throw new AssertionError("A revision comes in two responses: " + response.get(0));
        }
        events.addAll(response);
    }

    private boolean isLast(long revision) {
        return events.get(events.size() - 1).revision() == revision;
    }

    List<Watching.Event> events() {
        return events;
    }
}
