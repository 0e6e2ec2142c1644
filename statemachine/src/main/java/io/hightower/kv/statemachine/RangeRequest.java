package io.hightower.kv.statemachine;

import java.util.Comparator;

/**
 * What is to be read of a range of keys. Filters come first, then sorting, then the limit; {@link Result.RangeResult#count}
 * knows neither filters nor limit. <b>Immutable.</b>
 *
 * @param range the keys
 * @param revision the main revision at which they are read, 1 or more; {@link #NEWEST} for the newest
 * @param limit at most so many keys; {@link #NO_LIMIT} for all
 * @param sort the order of the answer
 * @param content what of the keys is shown
 * @param filter which keys are shown
 */
public record RangeRequest(KeyRange range, long revision, long limit, Sort sort, Content content, RevisionFilter filter)
        implements TxnOp {
    /** In {@link #revision}: the newest. */
    public static final long NEWEST = 0;

    /** In {@link #limit}: no limit. */
    public static final long NO_LIMIT = 0;

    /** Refuses negative numbers. */
    public RangeRequest {
        if (revision < 0 || limit < 0) {
            throw new IllegalArgumentException("Reading a range needs a revision and a limit that are not negative:"
                    + " revision=" + revision + " limit=" + limit);
        }
    }

    /** Returns a reading of everything in the range, newest state, in key order. */
    public static RangeRequest of(KeyRange range) {
        return new RangeRequest(range, NEWEST, NO_LIMIT, Sort.NONE, Content.ALL, RevisionFilter.NONE);
    }

    /** Returns the same reading at another revision. */
    public RangeRequest atRevision(long other) {
        return new RangeRequest(range, other, limit, sort, content, filter);
    }

    /** Returns the same reading with another limit. */
    public RangeRequest limited(long other) {
        return new RangeRequest(range, revision, other, sort, content, filter);
    }

    /** Returns the same reading in another order. */
    public RangeRequest sorted(Direction direction, SortTarget target) {
        return new RangeRequest(range, revision, limit, new Sort(direction, target), content, filter);
    }

    /** Returns the same reading showing something else of the keys. */
    public RangeRequest showing(Content other) {
        return new RangeRequest(range, revision, limit, sort, other, filter);
    }

    /** Returns the same reading with another filter. */
    public RangeRequest filtered(RevisionFilter other) {
        return new RangeRequest(range, revision, limit, sort, content, other);
    }

    @Override
    public <R> R matchOp(Kinds<R> kinds) {
        return kinds.range(this);
    }

    /** The direction of a sort order. */
    public enum Direction {
        /**
         * Not chosen: as {@link #ASCENDING}, but without a filter the limit comes before sorting, as in etcd. Of the first
         * keys of the range, one more than the limit, the last in the order is left out.
         */
        NONE,
        /** Smallest first. */
        ASCENDING,
        /** Greatest first. */
        DESCENDING
    }

    /** What an answer is sorted by. */
    public enum SortTarget {
        /** The key. */
        KEY,
        /** {@link KeyValue#version}. */
        VERSION,
        /** {@link KeyValue#createRevision}. */
        CREATE,
        /** {@link KeyValue#modRevision}. */
        MODIFY,
        /** {@link KeyValue#value}. */
        VALUE
    }

    /**
     * The order of an answer. Keys that are equal in it come in key order, in either direction. <b>Immutable.</b>
     *
     * @param direction which end comes first
     * @param target what is compared
     */
    public record Sort(Direction direction, SortTarget target) {
        /** Key order. */
        public static final Sort NONE = new Sort(Direction.NONE, SortTarget.KEY);

        /** Tells whether the greatest comes first. */
        public boolean isDescending() {
            return direction == Direction.DESCENDING;
        }

        /** Returns the order for keys that come in key order; meant for targets other than the key. */
        public Comparator<KeyValue> comparator() {
            Comparator<KeyValue> byTarget =
                    switch (target) {
                        case KEY -> Comparator.comparing(KeyValue::key);
                        case VERSION -> Comparator.comparingLong(KeyValue::version);
                        case CREATE -> Comparator.comparingLong(KeyValue::createRevision);
                        case MODIFY -> Comparator.comparingLong(KeyValue::modRevision);
                        case VALUE -> Comparator.comparing(KeyValue::value);
                    };
            return (isDescending() ? byTarget.reversed() : byTarget).thenComparing(KeyValue::key);
        }
    }

    /** What of the keys is shown. */
    public enum Content {
        /** Everything. */
        ALL,
        /** Everything but values, which are empty. */
        KEYS,
        /** Nothing: the count is the answer. */
        COUNT
    }

    /**
     * Bounds of revisions, each included, each 0 for none. <b>Immutable.</b>
     *
     * @param modifyLeast smallest {@link KeyValue#modRevision}
     * @param modifyMost greatest {@link KeyValue#modRevision}
     * @param createLeast smallest {@link KeyValue#createRevision}
     * @param createMost greatest {@link KeyValue#createRevision}
     */
    public record RevisionFilter(long modifyLeast, long modifyMost, long createLeast, long createMost) {
        /** Lets every key pass. */
        public static final RevisionFilter NONE = new RevisionFilter(0, 0, 0, 0);

        /** Refuses negative bounds. */
        public RevisionFilter {
            if (modifyLeast < 0 || modifyMost < 0 || createLeast < 0 || createMost < 0) {
                throw new IllegalArgumentException("A bound of revisions cannot be negative: modifyLeast=" + modifyLeast
                        + " modifyMost=" + modifyMost + " createLeast=" + createLeast + " createMost=" + createMost);
            }
        }

        /** Tells whether every key passes. */
        public boolean isEmpty() {
            return modifyLeast == 0 && modifyMost == 0 && createLeast == 0 && createMost == 0;
        }

        /** Tells whether a key passes. */
        public boolean passes(KeyValue stored) {
            return stored.modRevision() >= modifyLeast
                    && (modifyMost == 0 || stored.modRevision() <= modifyMost)
                    && stored.createRevision() >= createLeast
                    && (createMost == 0 || stored.createRevision() <= createMost);
        }
    }
}
