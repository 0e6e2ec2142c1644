package io.hightower.kv.statemachine.api;

/**
 * A member of a cluster, as the cluster knows it. <b>Immutable.</b>
 *
 * @param id its number
 * @param name what people call it; empty until it has started for the first time
 * @param peerAddress where the others reach it, {@code host:port}
 * @param kind whether it votes
 */
public record Member(MemberId id, String name, String peerAddress, Kind kind) {
    /** Whether a member votes. */
    public enum Kind {
        /** Votes, and counts in every majority. */
        VOTER,
        /** Receives everything and answers reads, but does not vote. */
        LEARNER
    }

    /** Tells whether the member has ever taken part. */
    public boolean isStarted() {
        return !name.isEmpty();
    }

    /** Tells whether the member does not vote. */
    public boolean isLearner() {
        return kind == Kind.LEARNER;
    }
}
