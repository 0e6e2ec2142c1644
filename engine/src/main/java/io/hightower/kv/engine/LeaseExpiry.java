package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.Leases;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends leases whose time has come, while this member leads: proposes it, and the state machine judges once more by the time of
 * the entry that carries it.
 *
 * <p>Time that passed since a leader's last entry is in no entry and would pass again under the next leader. So while there
 * are leases and nobody writes, an entry without an effect carries the time every half second. <b>Threads.</b> One of its own,
 * which never waits for a proposal.
 */
final class LeaseExpiry implements AutoCloseable {
    private static final long LOOK_MILLIS = 250;
    private static final long TIME_ENTRY_MILLIS = 500;

    /** Proposals under way: more leases than these that end together are ended one after the other. */
    private static final int PROPOSED_MAX = 1000;

    private static final long NO_LEASES = Long.MAX_VALUE;

    private final ReplicationHandle replication;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(EngineThreads.named("hightower-leases"));
    private final Duty duty = new Duty("Ending leases");

    /** What is proposed and not answered yet: ids of leases, and 0 for the time. */
    private final Set<Long> proposed = ConcurrentHashMap.newKeySet();

    /** What was looked through last, and when the first lease in it ends. Confined to the one thread. */
    private SystemRecords seen = SystemRecords.EMPTY;

    private long soonestMillis = NO_LEASES;

    LeaseExpiry(ReplicationHandle replication) {
        this.replication = replication;
    }

    void start() {
        // Nobody has to look at the future: a guarded duty does not fail, and closing ends it.
        ScheduledFuture<?> unused = executor.scheduleWithFixedDelay(
                duty.guarding(this::look), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Returns what fails at the moment, in words for an operator. Cheap, never blocks. */
    Optional<String> problem() {
        return duty.problem();
    }

    private void look() {
        OptionalLong now = replication.logicalTimeMillis();
        if (now.isEmpty()) {
            return;
        }
        try (StoreView view = replication.view()) {
            boolean idle = now.getAsLong() - view.applied().logicalTimeMillis() >= TIME_ENTRY_MILLIS;
            endLeases(view.system(), now.getAsLong());
            if (soonestMillis != NO_LEASES && idle) {
                propose(0, new Command.AdvanceTime());
            }
        }
    }

    /** Looks through all leases only if there may be others than the last time, or if one has ended. */
    @SuppressWarnings("ReferenceEquality")
    private void endLeases(SystemRecords system, long nowMillis) {
        if (system == seen && soonestMillis >= nowMillis) {
            return;
        }
        seen = system;
        soonestMillis = NO_LEASES;
        for (Lease lease : Leases.of(system).all()) {
            soonestMillis = Math.min(soonestMillis, lease.expiryMillis());
            if (lease.isExpired(nowMillis) && proposed.size() < PROPOSED_MAX) {
                propose(lease.id(), new Command.ExpireLease(lease.id()));
            }
        }
    }

    private void propose(long id, Command command) {
        if (proposed.add(id)) {
            // A proposal that fails is made again by the next look.
            CompletableFuture<?> unused =
                    replication.submit(command).whenComplete((result, failure) -> proposed.remove(id));
        }
    }

    @Override
    public void close() {
        EngineThreads.stop(executor);
    }
}
