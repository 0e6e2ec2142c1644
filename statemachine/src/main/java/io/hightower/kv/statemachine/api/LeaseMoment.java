package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.state.Leases;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The leases of one moment, and how long each has left. A lease that has ended is not shown, though its keys may be there for
 * up to a second more. <b>Immutable.</b>
 */
public final class LeaseMoment {
    private final Leases leases;
    private final long nowMillis;

    /**
     * Makes a moment.
     *
     * @param nowMillis its logical time
     */
    public LeaseMoment(Leases leases, long nowMillis) {
        this.leases = leases;
        this.nowMillis = nowMillis;
    }

    /** Returns how a lease stands, without its keys; nothing if there is none with this id, or if it has ended. */
    public Optional<LeaseStatus> find(long id) {
        return leases.find(id).filter(lease -> !lease.isExpired(nowMillis)).map(lease -> statusOf(lease, List.of()));
    }

    /** As {@link #find}, with the keys that hang on it. Costs a pass over these. */
    public Optional<LeaseStatus> findWithKeys(long id) {
        return leases.find(id)
                .filter(lease -> !lease.isExpired(nowMillis))
                .map(lease -> statusOf(lease, leases.keys(id)));
    }

    /**
     * Returns every lease, without keys: the one that ends first first, those that end together by their ids. Costs a pass over
     * all of them.
     */
    public List<LeaseStatus> byExpiry() {
        return leases.byExpiry().stream()
                .filter(lease -> !lease.isExpired(nowMillis))
                .map(lease -> statusOf(lease, List.of()))
                .toList();
    }

    private LeaseStatus statusOf(Lease lease, List<Bytes> keys) {
        long remainingSeconds = TimeUnit.MILLISECONDS.toSeconds(lease.remainingMillis(nowMillis));
        return new LeaseStatus(lease.id(), lease.ttlSeconds(), remainingSeconds, keys);
    }
}
