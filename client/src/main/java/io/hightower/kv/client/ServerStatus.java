package io.hightower.kv.client;

import java.util.Optional;

/**
 * Where one server stands, as it said itself; in a cluster it may lag behind. <b>Immutable.</b>
 *
 * @param revision counts mutating commands; the empty store is at 1
 * @param stateHash hash over the whole state, 16 hexadecimal digits; equal on every member after the same commands
 * @param keys how many keys hold a value
 * @param latestVersion the highest write version ever given
 * @param role leader, follower, candidate or stopped
 * @param memberId the server's id; "local" without a cluster
 * @param memberName what people call the server; "local" without a cluster
 * @param leaderId the leader's id, as far as the server knows
 * @param leaderName what people call the leader, as far as the server knows
 * @param appliedTerm term of the last log entry applied
 * @param appliedIndex log index of the last entry applied
 * @param problem why writes cannot be made durable at the moment; nothing when they can
 */
public record ServerStatus(
        long revision,
        String stateHash,
        long keys,
        long latestVersion,
        String role,
        String memberId,
        String memberName,
        Optional<String> leaderId,
        Optional<String> leaderName,
        long appliedTerm,
        long appliedIndex,
        Optional<String> problem) {}
