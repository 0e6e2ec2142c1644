package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** When anybody first knew that the store had come to a revision; it had come there at that time at the latest. <b>Immutable.</b> */
final class Sightings {
    /** Nobody ever knew. */
    static final long NEVER = Operation.NEVER;

    /** Of each revision that somebody knew of, when somebody first knew of it or a later one. */
    private final NavigableMap<Long, Long> earliest = new TreeMap<>();

    Sightings(History history) {
        NavigableMap<Long, Long> seen = new TreeMap<>();
        for (Operation next : history.answered()) {
            seen.merge(next.answer().orElseThrow().revision(), next.returnNanos(), Math::min);
        }
        for (WatchSession watch : history.watches()) {
            for (WatchSession.Received next : watch.received()) {
                seen.merge(next.message().revision(), next.nanos(), Math::min);
            }
        }
        long nanos = NEVER;
        for (Map.Entry<Long, Long> next : seen.descendingMap().entrySet()) {
            nanos = Math.min(nanos, next.getValue());
            earliest.put(next.getKey(), nanos);
        }
    }

    /** Returns when somebody first knew of a revision or a later one, {@link #NEVER} if nobody did. */
    long nanosOf(long revision) {
        Map.Entry<Long, Long> entry = earliest.ceilingEntry(revision);
        return entry == null ? NEVER : entry.getValue();
    }
}
