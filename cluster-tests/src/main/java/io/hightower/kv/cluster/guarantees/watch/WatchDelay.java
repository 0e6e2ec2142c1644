package io.hightower.kv.cluster.guarantees.watch;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * How long after the acknowledgement of a command its event came, in nanoseconds; 0 where it came before. Nothing is promised
 * of it: it is measured and shown. <b>Immutable.</b>
 *
 * @param events how many events were measured
 * @param medianNanos half of them came as soon as this
 * @param p99Nanos 99 of 100 did
 * @param maxNanos all of them did
 */
public record WatchDelay(long events, long medianNanos, long p99Nanos, long maxNanos) {
    /** Measures those events of a history that came while their watch was neither catching up nor about to begin. */
    public static WatchDelay of(History history) {
        List<Long> delays = new ArrayList<>();
        for (WatchSession session : history.watches()) {
            long created = session.createdRevision().orElse(Long.MAX_VALUE);
            for (WatchSession.Received next : session.received()) {
                if (next.message() instanceof WatchMessage.Events events && events.revision() > created) {
                    history.log()
                            .cause(events.revision())
                            .map(Operation::returnNanos)
                            .ifPresent(nanos -> delays.add(Math.max(0, next.nanos() - nanos)));
                }
            }
        }
        delays.sort(null);
        return new WatchDelay(delays.size(), at(delays, 50), at(delays, 99), at(delays, 100));
    }

    private static long at(List<Long> sorted, int percent) {
        return sorted.isEmpty() ? 0 : sorted.get(Math.max(0, (sorted.size() * percent + 99) / 100 - 1));
    }
}
