package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.LogPosition;
import java.util.Optional;

/**
 * How a replication is doing at one moment. <b>Immutable.</b>
 *
 * @param role what this member does
 * @param memberId this member's name; "local" without a cluster
 * @param leaderId the leader's name, as far as this member knows
 * @param applied the last position applied here
 * @param problem why writes cannot be made durable at the moment, in words for an operator; nothing when they can
 */
public record ReplicationStatus(
        Role role, String memberId, Optional<String> leaderId, LogPosition applied, Optional<String> problem) {
    /** What a member does. */
    public enum Role {
        /** Orders commands; the only member of a store without a cluster is always the leader. */
        LEADER,
        /** Follows a leader. */
        FOLLOWER,
        /** Stands for election, or knows of no leader. */
        CANDIDATE,
        /** Closing or closed. */
        STOPPED
    }
}
