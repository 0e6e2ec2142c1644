package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How long after their time-to-live leases ended, in nanoseconds, elections and restarts included; counted from the return of
 * the last acknowledged renewal to when somebody first knew of the end. Measured and shown. <b>Immutable.</b>
 *
 * @param ends how many ends were measured
 * @param medianNanos half of them were as soon as this
 * @param maxNanos all of them were
 */
public record LeaseDelay(long ends, long medianNanos, long maxNanos) {
    /**
     * One end.
     *
     * @param end which
     * @param nanos how late it was
     */
    record Late(LeaseEnd end, long nanos) {}

    /** Measures the ends by expiry of a history, but of leases with a renewal of unknown outcome. */
    public static LeaseDelay of(History history) {
        List<Long> delays = new ArrayList<>();
        all(history).forEach(late -> delays.add(Math.max(0, late.nanos())));
        delays.sort(null);
        int ends = delays.size();
        return ends == 0 ? new LeaseDelay(0, 0, 0) : new LeaseDelay(ends, delays.get(ends / 2), delays.get(ends - 1));
    }

    /** Returns each end that {@link #of} measures. */
    static List<Late> all(History history) {
        Sightings sightings = new Sightings(history);
        Map<Long, LeaseLife> lives = new HashMap<>();
        LeaseLife.of(history).forEach(life -> lives.put(life.id(), life));
        List<Late> all = new ArrayList<>();
        for (LeaseEnd end : LeaseEnd.find(history)) {
            LeaseLife life = lives.get(end.lease());
            if (end.kind() == LeaseEnd.Kind.EXPIRED
                    && life != null
                    && life.unclear().isEmpty()) {
                long lastNanos = life.beginnings().stream()
                        .mapToLong(Operation::returnNanos)
                        .max()
                        .orElse(0);
                all.add(new Late(end, sightings.nanosOf(end.revision()) - lastNanos - life.ttlNanos()));
            }
        }
        return all;
    }
}
