package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.state.Leases;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The leases of one moment, and how long each has left.
 *
 * <p>Whether a lease is there is judged by the time that the log has, as its end will be, so that no answer is taken back: time
 * that a leader has counted and not logged is lost if it goes away. What is left is told by the leader's clock, so a lease may
 * be shown with nothing left for a moment. One that has ended by the log is not shown, though its keys may be there for up to a
 * second more. <b>Immutable.</b>
 */
public final class LeaseMoment {
    private final Leases leases;
    private final AppliedState applied;
    private final long nowMillis;

    /**
     * Makes a moment.
     *
     * @param applied the scalars of the state that the leases are of
     * @param nowMillis the logical time by the leader's clock; at least that of the state
     */
    public LeaseMoment(Leases leases, AppliedState applied, long nowMillis) {
        this.leases = leases;
        this.applied = applied;
        this.nowMillis = nowMillis;
    }

    /** Returns the main revision of the store at the moment. */
    public long revision() {
        return applied.revision();
    }

    /** Returns how a lease stands, without its keys; nothing if there is none with this id, or if it has ended. */
    public Optional<LeaseStatus> find(long id) {
        return leases.find(id).filter(this::isThere).map(lease -> statusOf(lease, List.of()));
    }

    /** As {@link #find}, with the keys that hang on it. Costs a pass over these. */
    public Optional<LeaseStatus> findWithKeys(long id) {
        return leases.find(id).filter(this::isThere).map(lease -> statusOf(lease, leases.keys(id)));
    }

    /**
     * Returns every lease, without keys: the one that ends first first, those that end together by their ids. Costs a pass over
     * all of them.
     */
    public List<LeaseStatus> byExpiry() {
        return leases.byExpiry().stream()
                .filter(this::isThere)
                .map(lease -> statusOf(lease, List.of()))
                .toList();
    }

    private boolean isThere(Lease lease) {
        return !lease.isExpired(applied.logicalTimeMillis());
    }

    private LeaseStatus statusOf(Lease lease, List<Bytes> keys) {
        long remainingSeconds = TimeUnit.MILLISECONDS.toSeconds(lease.remainingMillis(nowMillis));
        return new LeaseStatus(lease.id(), lease.ttlSeconds(), remainingSeconds, keys);
    }
}
