package io.hightower.kv.replication.ratis;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Notices a member that hangs instead of dying: a disk that does not answer, or a deadlock. A leader hands over after ten
 * seconds without any progress; after a minute the member ends, because it would count as one of a majority and do nothing.
 *
 * <p>Both are far beyond what a disk takes that is slow but works: one sync makes everything durable that is in memory, 64 MiB
 * at most. Applying one command may take longer, if it deletes very many keys; then its thread works, which counts as progress,
 * too. <b>Used by one thread at a time.</b>
 */
final class StallWatch {
    static final Duration HAND_OVER_AFTER = Duration.ofSeconds(10);
    static final Duration DIE_AFTER = Duration.ofSeconds(60);

    /** A thread that waits and looks again now and then takes less of the processor than this, and is not working. */
    private static final long WORKING_NANOS = Duration.ofMillis(10).toNanos();

    private final Consequences consequences;
    private final ProgressWatch log;
    private final ProgressWatch state;

    /**
     * How far a member is. Indexes are those of the log.
     *
     * @param logged the last entry of the log
     * @param flushed the last entry that is on the disk
     * @param committed the last entry that may be applied
     * @param applied the last entry that was applied
     * @param applyingNanos time of the processor that applying has taken ever, in nanoseconds
     * @param installs whether another state takes the place of this one, and nothing is applied meanwhile
     */
    record Progress(long logged, long flushed, long committed, long applied, long applyingNanos, boolean installs) {}

    /** What is done about a member that hangs. */
    interface Consequences {
        /** Has another member lead, if this one does. Called again and again; must not wait. */
        void handOver(String reason);

        /** Ends the member. */
        void die(String reason);
    }

    private record Applied(long index, long workUnits) {}

    StallWatch(Consequences consequences, LongSupplier nanoClock) {
        this.consequences = consequences;
        this.log = new ProgressWatch(nanoClock);
        this.state = new ProgressWatch(nanoClock);
    }

    /** Looks, about once a second. */
    void look(Progress now) {
        Duration logStuck = log.look(now.flushed() < now.logged(), now.flushed());
        Duration stateStuck = state.look(
                now.applied() < now.committed() && !now.installs(),
                new Applied(now.applied(), now.applyingNanos() / WORKING_NANOS));
        judge(logStuck, "The log is not written any more, the disk does not answer", now);
        judge(
                stateStuck,
                "The state is not changed any more, the disk does not answer or threads block each other",
                now);
    }

    private void judge(Duration stuck, String what, Progress now) {
        if (stuck.compareTo(HAND_OVER_AFTER) < 0) {
            return;
        }
        String reason = what + ": seconds=" + stuck.toSeconds() + " logged=" + now.logged() + " flushed="
                + now.flushed() + " committed=" + now.committed() + " applied=" + now.applied();
        if (stuck.compareTo(DIE_AFTER) >= 0) {
            consequences.die(reason);
        } else {
            consequences.handOver(reason);
        }
    }
}
