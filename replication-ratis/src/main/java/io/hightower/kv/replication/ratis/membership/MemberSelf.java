package io.hightower.kv.replication.ratis.membership;

import io.hightower.kv.statemachine.api.ClusterId;
import io.hightower.kv.statemachine.api.MemberId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Who a member is, once that is settled. <b>Immutable.</b>
 *
 * @param id its number
 * @param name what people call it
 * @param cluster the number of its cluster
 * @param token what tells its cluster apart for people
 * @param origin how it became a member
 * @param others the members that it heard of when it became one, itself included: all founders of a new cluster, or whom it
 *     found in one that exists. Where they are by now is on record
 */
public record MemberSelf(
        MemberId id, String name, ClusterId cluster, String token, Origin origin, List<MemberRecord> others) {
    /** How a member became one. */
    public enum Origin {
        /** With the cluster itself. */
        FOUNDED,
        /** By being added. */
        JOINED
    }

    /** Copies the list. */
    public MemberSelf {
        others = List.copyOf(others);
    }

    /** Returns the members of a new cluster. */
    public List<MemberRecord> founders() {
        return origin == Origin.FOUNDED ? others : List.of();
    }

    /** Returns where the members were when this one became one. */
    public Map<MemberId, String> addresses() {
        return others.stream().collect(Collectors.toMap(MemberRecord::id, MemberRecord::address));
    }

    /** Returns what Ratis calls this member. */
    public String peerId() {
        return id.toString();
    }

    /** Returns what Ratis calls the cluster. */
    public UUID groupId() {
        return Identities.group(cluster);
    }
}
