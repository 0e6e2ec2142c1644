package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.LogPosition;
import java.util.Optional;

/**
 * How a replication is doing at one moment. <b>Immutable.</b>
 *
 * @param role what this member does
 * @param memberId this member's number, as {@link MemberId} writes it; "local" without a cluster
 * @param memberName what people call this member; "local" without a cluster
 * @param leaderId the leader's number, as far as this member knows
 * @param leaderName what people call the leader; empty if this member does not know
 * @param applied the last position applied here
 * @param problem why writes cannot be made durable at the moment, in words for an operator; nothing when they can
 */
public record ReplicationStatus(
        Role role,
        String memberId,
        String memberName,
        Optional<String> leaderId,
        Optional<String> leaderName,
        LogPosition applied,
        Optional<String> problem) {
    /** Makes the status of a member whose numbers serve as names. */
    public ReplicationStatus(
            Role role, String memberId, Optional<String> leaderId, LogPosition applied, Optional<String> problem) {
        this(role, memberId, memberId, leaderId, leaderId, applied, problem);
    }

    /** Returns the same status with another problem. */
    public ReplicationStatus withProblem(Optional<String> changed) {
        return new ReplicationStatus(role, memberId, memberName, leaderId, leaderName, applied, changed);
    }

    /** What a member does. */
    public enum Role {
        /** Orders commands; the only member of a store without a cluster is always the leader. */
        LEADER,
        /** Follows a leader, with a vote. */
        FOLLOWER,
        /** Follows a leader, without a vote. */
        LEARNER,
        /** Stands for election, or knows of no leader. */
        CANDIDATE,
        /** Closing or closed. */
        STOPPED
    }
}
