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
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Ends leases whose time has come, while this member leads: proposes it, and the state machine judges once more by the time of
 * the entry that carries it. A look, ten times a second, costs what has changed since the last one and what is due, however
 * many leases there are; only the first look of a leadership goes through all of them.
 *
 * <p>Time that passed since a leader's last entry is in no entry and would pass again under the next leader. So while there
 * are leases and nobody writes, an entry without an effect carries the time, several times a second.
 *
 * <p><b>Ordering.</b> What ended first is proposed first. <b>Threads.</b> One of its own, which waits for no answer. It does
 * wait for room in a queue that is full, as every writer does, who all wake up when there is room: not without an end, since
 * the queue refuses after its time, and a look that was refused, or has waited a quarter of a second, proposes nothing more.
 * What it did not come to is due at the next look, which knows of renewals that came meanwhile and begins with what ended first,
 * so nothing is passed over. Leases that end while the store refuses writes end when it takes them again.
 */
final class LeaseExpiry implements AutoCloseable {
    /** With {@link #TIME_ENTRY_MILLIS} the most that is lost of a leader's time when it goes away, for each change of leader. */
    private static final long LOOK_MILLIS = 100;

    /** In a cluster. Costs five entries a second of a store that is otherwise idle and has leases. */
    static final long TIME_ENTRY_MILLIS = 200;

    /** Of a store alone, whose leadership ends with the process only. */
    static final long TIME_ENTRY_ALONE_MILLIS = 500;

    /** A look that has waited so long for room proposes nothing more. */
    private static final long WAIT_MILLIS = 250;

    /** Proposals under way. Few enough that they delay no other writer much, enough for a group that is synced together. */
    private static final int PROPOSED_MAX = 1000;

    /** In {@link Reign#proposed}: the time. No lease has this id. */
    private static final long TIME = 0;

    private final ReplicationHandle replication;
    private final long timeEntryMillis;
    private final ScheduledExecutorService executor;

    /** Runs looks that do not wait for their time, on the same thread. */
    private final Executor atOnce;

    private final Duty duty = new Duty("Ending leases");

    /** What is known in the present leadership; nothing without one. Confined to the one thread. */
    private @Nullable Reign reign;

    /** For whoever counts: the leases of the present leadership. */
    private volatile int count;

    /**
     * Makes one that does nothing yet.
     *
     * @param timeEntryMillis while there are leases and nobody writes, logical time is logged about so often
     */
    LeaseExpiry(ReplicationHandle replication, long timeEntryMillis) {
        this.replication = replication;
        this.timeEntryMillis = timeEntryMillis;
        this.executor = Executors.newSingleThreadScheduledExecutor(EngineThreads.named("hightower-leases"));
        this.atOnce = executor;
    }

    /** For a test, which calls {@link #look} itself and runs what is due at once. */
    LeaseExpiry(ReplicationHandle replication, Executor atOnce) {
        this.replication = replication;
        this.timeEntryMillis = TIME_ENTRY_MILLIS;
        this.executor = Executors.newSingleThreadScheduledExecutor(EngineThreads.named("hightower-leases"));
        this.atOnce = atOnce;
    }

    /**
     * What is known in one leadership. Whatever was proposed in an earlier one is of no interest in the next: it may be answered
     * late, and proposing the end of a lease twice does no harm.
     */
    private static final class Reign {
        final LeaseWheel wheel;

        /** What was proposed and is not answered yet: ids of leases, and {@link #TIME}. */
        final Set<Long> proposed = ConcurrentHashMap.newKeySet();

        /** Whether more have ended than may be proposed at once, and no further look was called for yet. */
        final AtomicBoolean isPressed = new AtomicBoolean();

        SystemRecords seen = SystemRecords.EMPTY;

        Reign(long nowMillis) {
            wheel = new LeaseWheel(nowMillis);
        }

        /** Takes over what has changed since the last time. */
        void see(SystemRecords system) {
            Leases.of(system).forEachChange(Leases.of(seen), new Leases.Changes() {
                @Override
                public void begun(Lease lease) {
                    wheel.put(lease);
                }

                @Override
                public void ended(long id) {
                    wheel.remove(id);
                }
            });
            seen = system;
        }
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

    /** Returns how many leases there are, if this member leads; else 0. Cheap, never blocks. */
    int count() {
        return count;
    }

    /** Returns how often a lease was met in the present leadership, for whatever reason. <b>Confined to the one thread.</b> */
    long touched() {
        return reign == null ? 0 : reign.wheel.touched();
    }

    /** Sees what has changed and proposes what is due. <b>Confined to the one thread.</b> */
    void look() {
        OptionalLong now = replication.logicalTimeMillis();
        if (now.isEmpty()) {
            reign = null;
            count = 0;
            return;
        }
        Reign current = reignAt(now.getAsLong());
        long appliedMillis;
        try (StoreView view = replication.view()) {
            current.see(view.system());
            appliedMillis = view.applied().logicalTimeMillis();
        }
        count = current.wheel.size();
        current.wheel.advance(now.getAsLong());
        endLeases(current);
        // Whatever ends a lease carries the time, too.
        boolean isQuiet = current.wheel.size() > 0 && current.wheel.endedCount() == 0;
        if (isQuiet && now.getAsLong() - appliedMillis >= timeEntryMillis) {
            propose(current, TIME, new Command.AdvanceTime());
        }
    }

    /** Time goes back where one leadership followed another between two looks, or where a state was installed. */
    private Reign reignAt(long nowMillis) {
        Reign present = reign;
        if (present == null || present.wheel.nowMillis() > nowMillis) {
            present = new Reign(nowMillis);
            reign = present;
        }
        return present;
    }

    private void endLeases(Reign current) {
        current.isPressed.set(current.wheel.endedCount() > PROPOSED_MAX);
        long begun = System.nanoTime();
        boolean isGoingOn = true;
        for (Long id : current.wheel.ended(PROPOSED_MAX)) {
            if (isGoingOn && !current.proposed.contains(id)) {
                isGoingOn = propose(current, id, new Command.ExpireLease(id))
                        && System.nanoTime() - begun < TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
            }
        }
    }

    /**
     * Proposes a command, unless the one before with this id is not answered yet.
     *
     * @return whether there was room for it. What fails, then or later, is proposed again by a later look
     */
    private boolean propose(Reign current, long id, Command command) {
        if (!current.proposed.add(id)) {
            return true;
        }
        CompletableFuture<?> answer = replication.submit(command).whenComplete((result, failure) -> {
            current.proposed.remove(id);
            if (failure == null) {
                lookAgain(current);
            }
        });
        return !answer.isCompletedExceptionally();
    }

    /** Goes on at once if more has ended than could be proposed and half of that was answered; else the next look will do. */
    private void lookAgain(Reign current) {
        if (current.proposed.size() <= PROPOSED_MAX / 2 && current.isPressed.compareAndSet(true, false)) {
            try {
                atOnce.execute(duty.guarding(this::look));
            } catch (RejectedExecutionException e) {
                // Closed meanwhile: the next leader, or the next opening, ends what is left.
            }
        }
    }

    @Override
    public void close() {
        EngineThreads.stop(executor);
    }
}
