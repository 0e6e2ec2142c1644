package io.hightower.kv.engine.differential;

import io.hightower.kv.statemachine.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * What a client sees of an answer, without cluster, member and term. {@code revision} is that of the header; 0 where etcd
 * sends none. <b>Immutable.</b>
 */
sealed interface Answer {
    /** Returns the revision of the header; 0 if there is none. */
    long revision();

    /** Says for the statistics what kind it is. */
    default String kind() {
        return getClass().getSimpleName();
    }

    /** A key and its value. */
    record Pair(Bytes key, Bytes value, long create, long modify, long version, long lease) {}

    record Ranged(long revision, List<Pair> pairs, boolean more, long count) implements Answer {}

    record Written(long revision, Optional<Pair> previous) implements Answer {}

    record Deleted(long revision, long deleted, List<Pair> previous) implements Answer {}

    record Branch(long revision, boolean succeeded, List<Answer> answers) implements Answer {}

    record Compacted(long revision) implements Answer {}

    record Granted(long revision, long id, long ttlSeconds) implements Answer {}

    record Revoked(long revision) implements Answer {}

    record Renewed(long revision, long id, long ttlSeconds) implements Answer {}

    /**
     * The answer about a lease.
     *
     * @param alive whether there is one; what is left of its time is only held against {@link #isPlausible}
     * @param keys those that hang on it, sorted: etcd gives them in any order
     */
    record Remaining(long revision, long id, boolean alive, long grantedSeconds, List<Bytes> keys) implements Answer {
        /** No program takes so long. */
        private static final long ELAPSED_SECONDS_MAX = 300;

        /** Tells whether that may be left of a lease that was granted, or last renewed, by the program that asks. */
        static boolean isPlausible(long leftSeconds, long grantedSeconds) {
            return leftSeconds <= grantedSeconds && leftSeconds > grantedSeconds - ELAPSED_SECONDS_MAX;
        }
    }

    record Listed(long revision, List<Long> ids) implements Answer {}

    /** What comes first of a watch. What it tells later is compared by {@link WatchComparison}. */
    record Watched(long revision) implements Answer {}

    record Hashed(long revision, long hash, long compactRevision) implements Answer {}

    /** The words of an error, with what stands before them on the wire. */
    record Refused(String text) implements Answer {
        @Override
        public long revision() {
            return 0;
        }

        @Override
        public String kind() {
            return "Refused " + text;
        }
    }
}
