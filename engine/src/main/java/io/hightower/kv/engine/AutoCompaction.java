package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.spi.StateStore;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Has history given up that the retention does not ask for: proposes the compaction, while this member leads, and every member
 * carries it out.
 *
 * <p>Every member takes down which revision it had applied when, leading or not, so that a new leader goes on where the old one
 * stopped. A member that lags behind takes down lower revisions, and compacts less than it might. Whatever was forgotten, by a
 * restart or because another state was installed, delays a compaction and brings none forward. A compaction that is refused,
 * because somebody compacted as far or further meanwhile, is as good as done.
 *
 * <p><b>Threads.</b> Used by one thread at a time; {@link #stateReplaced} by any.
 */
final class AutoCompaction {
    /** Notes per age, as in etcd: history is kept longer than asked for by one part in so many. */
    private static final int NOTES_PER_AGE = 10;

    private static final Duration NOTES_APART_MAX = Duration.ofMinutes(6);
    private static final long NONE = 0;

    private final ReplicationHandle replication;
    private final StateStore store;
    private final LongSupplier nanoClock;
    private final Rule rule;

    /** When the last compaction was, or this began, leading or not; nothing when the first need not wait. */
    private OptionalLong lastNanos;

    /** What a retention asks for. */
    private interface Rule {
        /** Returns the revision to compact at, 0 or less if there is none yet. Is asked regularly. */
        long revision();

        /** Returns the time between two compactions. */
        long intervalNanos();

        /** Tells whether the first waits for an interval. */
        boolean isFirstDelayed();

        /** Forgets what was learned about the state. */
        void forget();
    }

    AutoCompaction(
            ReplicationHandle replication, StateStore store, HistoryRetention retention, LongSupplier nanoClock) {
        this.replication = replication;
        this.store = store;
        this.nanoClock = nanoClock;
        this.rule = ruleOf(retention);
        this.lastNanos = rule.isFirstDelayed() ? OptionalLong.of(nanoClock.getAsLong()) : OptionalLong.empty();
    }

    private Rule ruleOf(HistoryRetention retention) {
        if (retention instanceof HistoryRetention.Age age) {
            return new ByAge(age);
        }
        if (retention instanceof HistoryRetention.Revisions revisions) {
            return new ByRevisions(revisions);
        }
        return new Never();
    }

    /** Forgets what was learned about a state that another one has replaced. */
    void stateReplaced() {
        rule.forget();
    }

    /** Compacts if it is time and this member leads. To be called often, more often than notes are taken. */
    void tend() {
        long revision = rule.revision();
        long now = nanoClock.getAsLong();
        if (replication.logicalTimeMillis().isEmpty()) {
            return;
        }
        boolean isDue = lastNanos.isEmpty() || now - lastNanos.getAsLong() >= rule.intervalNanos();
        if (isDue && compactAt(revision)) {
            lastNanos = OptionalLong.of(now);
        }
    }

    /** Compacts as far as the retention allows at this moment, though it may not be time yet. */
    void compactNow() {
        compactAt(rule.revision());
    }

    /** Returns whether there was something to compact. */
    private boolean compactAt(long revision) {
        if (revision <= store.applied().compactRevision()) {
            return false;
        }
        replication.submitAndWait(new Command.Compact(revision));
        return true;
    }

    /** Keeps the history of a time. */
    private final class ByAge implements Rule {
        private final RevisionNotes notes;
        private final long intervalNanos;

        ByAge(HistoryRetention.Age age) {
            long ageNanos = age.age().toNanos();
            long apart = Math.min(ageNanos / NOTES_PER_AGE, NOTES_APART_MAX.toNanos());
            this.notes = new RevisionNotes(nanoClock, () -> store.applied().revision(), ageNanos, apart);
            this.intervalNanos = age.interval().toNanos();
        }

        @Override
        public long revision() {
            return notes.pastAge();
        }

        @Override
        public long intervalNanos() {
            return intervalNanos;
        }

        @Override
        public boolean isFirstDelayed() {
            return false;
        }

        @Override
        public void forget() {
            notes.forget();
        }
    }

    /** Keeps the history of a number of revisions. */
    private final class ByRevisions implements Rule {
        private final HistoryRetention.Revisions kept;

        ByRevisions(HistoryRetention.Revisions kept) {
            this.kept = kept;
        }

        @Override
        public long revision() {
            return store.applied().revision() - kept.revisions();
        }

        @Override
        public long intervalNanos() {
            return kept.interval().toNanos();
        }

        @Override
        public boolean isFirstDelayed() {
            return true;
        }

        @Override
        public void forget() {
            // The present revision is all it knows.
        }
    }

    /** Leaves history to users, or has none. */
    private static final class Never implements Rule {
        @Override
        public long revision() {
            return NONE;
        }

        @Override
        public long intervalNanos() {
            return 0;
        }

        @Override
        public boolean isFirstDelayed() {
            return false;
        }

        @Override
        public void forget() {
            // Nothing was learned.
        }
    }
}
