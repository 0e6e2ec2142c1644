package io.hightower.kv.statemachine.api;

import java.util.List;
import java.util.Optional;

/**
 * The members of a cluster at one moment. <b>Immutable.</b>
 *
 * @param clusterId the number of the cluster
 * @param answeredBy the member that was asked
 * @param leaderId who leads, as far as that member knows
 * @param term the newest term that it knows of
 * @param members all members, by id
 */
public record MemberList(
        ClusterId clusterId, MemberId answeredBy, Optional<MemberId> leaderId, long term, List<Member> members) {
    /** Copies the list. */
    public MemberList {
        members = List.copyOf(members);
    }

    /** Returns the member of an id. */
    public Optional<Member> find(MemberId id) {
        return members.stream().filter(member -> member.id().equals(id)).findFirst();
    }
}
