package io.hightower.kv.engine;

import java.time.Duration;

/**
 * How much history a store keeps: which older revisions can be read, and watched from, and when the rest is given up. It is
 * given up by commands, so that every member of a cluster forgets the same; {@link #forever} leaves that to users, the others
 * but {@link #none} have the leader propose it by its monotonic clock. <b>Immutable.</b>
 *
 * <p>How much is kept and how often the rest is given up are two knobs: between two compactions there is up to an interval
 * more than asked for. A compaction by command works with all of them.
 */
public sealed interface HistoryRetention {
    /** Default time between two compactions by number: as in etcd. */
    Duration REVISIONS_INTERVAL = Duration.ofMinutes(5);

    /** Longest default time between two compactions by age: as in etcd. */
    Duration AGE_INTERVAL_MAX = Duration.ofHours(1);

    /** Returns no history beyond what open views show. Takes the least space. */
    static HistoryRetention none() {
        return new None();
    }

    /** Returns all history, until a command compacts it: the store grows with every write. */
    static HistoryRetention forever() {
        return new Forever();
    }

    /**
     * Returns the history of a time: every revision that was the newest within it can be read. It is compacted as often as that
     * time comes round, at least every hour.
     *
     * @param age 1 s or more
     */
    static HistoryRetention ofAge(Duration age) {
        return new Age(age, age.compareTo(AGE_INTERVAL_MAX) < 0 ? age : AGE_INTERVAL_MAX);
    }

    /**
     * Returns the history of so many revisions before the newest one, compacted every 5 minutes.
     *
     * @param revisions 1 or more
     */
    static HistoryRetention ofRevisions(long revisions) {
        return new Revisions(revisions, REVISIONS_INTERVAL);
    }

    /**
     * Returns the same with another time between two compactions, 1 s or more.
     *
     * @throws IllegalArgumentException if nothing is compacted by itself
     */
    HistoryRetention every(Duration interval);

    /** Tells whether old versions are kept at all. */
    default boolean isKept() {
        return true;
    }

    /** No history. <b>Immutable.</b> */
    record None() implements HistoryRetention {
        @Override
        public HistoryRetention every(Duration interval) {
            throw Knobs.withoutInterval("no history is kept", interval);
        }

        @Override
        public boolean isKept() {
            return false;
        }
    }

    /** All history. <b>Immutable.</b> */
    record Forever() implements HistoryRetention {
        @Override
        public HistoryRetention every(Duration interval) {
            throw Knobs.withoutInterval("history is kept until a command compacts it", interval);
        }
    }

    /**
     * The history of a time. <b>Immutable.</b>
     *
     * @param age for how long a revision that was superseded can be read, 1 s or more
     * @param interval time between two compactions, 1 s or more. Short: less is kept beyond the age
     */
    record Age(Duration age, Duration interval) implements HistoryRetention {
        /** Checks the bounds. */
        public Age {
            Bounds.requireTime(Knobs.RETENTION, age, Knobs.TIME_LEAST);
            Bounds.requireTime(Knobs.INTERVAL, interval, Knobs.TIME_LEAST);
        }

        @Override
        public HistoryRetention every(Duration changed) {
            return new Age(age, changed);
        }
    }

    /**
     * The history of the newest revisions. <b>Immutable.</b>
     *
     * @param revisions how many before the newest one can be read, 1 or more
     * @param interval time between two compactions, 1 s or more. Short: less is kept beyond the number
     */
    record Revisions(long revisions, Duration interval) implements HistoryRetention {
        /** Checks the bounds. */
        public Revisions {
            Bounds.require(revisions >= 1, Knobs.RETENTION, revisions, "1 or more");
            Bounds.requireTime(Knobs.INTERVAL, interval, Knobs.TIME_LEAST);
        }

        @Override
        public HistoryRetention every(Duration changed) {
            return new Revisions(revisions, changed);
        }
    }

    /** What the kinds have in common: names of knobs as messages have them, and bounds. */
    final class Knobs {
        static final String RETENTION = "autoCompactionRetention";
        static final String INTERVAL = "autoCompactionInterval";
        static final Duration TIME_LEAST = Duration.ofSeconds(1);

        private Knobs() {}

        static IllegalArgumentException withoutInterval(String why, Duration interval) {
            return new IllegalArgumentException(
                    "An interval of compactions has no use, because " + why + ": " + INTERVAL + "=" + interval);
        }
    }
}
