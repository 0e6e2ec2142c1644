package io.hightower.kv.replication.ratis.membership;

import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.MembershipException.Reason;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.api.Membership;
import java.util.List;
import java.util.Set;

/**
 * Which changes of members are allowed: none that could leave the cluster without a majority of voters that are started and
 * answer. The rules are those of etcd's {@code strict-reconfig-check}. <b>Immutable.</b>
 *
 * @param table the members on record
 * @param answering the voters that answer the leader, itself included
 */
public record MembershipRules(MemberTable table, Set<MemberId> answering) {
    /** Copies the set. */
    public MembershipRules {
        answering = Set.copyOf(answering);
    }

    /**
     * Returns the record of a member that may be added.
     *
     * @param id must never have been used
     */
    public MemberRecord add(MemberId id, String address, Kind kind) {
        requireFree(address);
        if (table.record(id).isPresent()) {
            throw refused(Reason.MEMBER_EXISTS, "The id was used before: memberId=" + id);
        }
        if (kind == Kind.LEARNER) {
            requireRoomForLearner();
        } else {
            List<MemberRecord> voters = voters();
            // One started member of two is enough: the only way to grow from one.
            boolean grows = voters.size() == 1 && started(voters) == 1;
            if (!grows) {
                requireMajority(started(voters), voters.size() + 1);
            }
        }
        requireAllAnswer();
        return MemberRecord.of(id, "", address, kind);
    }

    /** Returns the record of a member that may be removed. */
    public MemberRecord remove(MemberId id) {
        MemberRecord member = find(id);
        if (member.kind() == Kind.VOTER) {
            List<MemberRecord> rest =
                    voters().stream().filter(voter -> !voter.id().equals(id)).toList();
            if (rest.isEmpty()) {
                throw refused(Reason.NOT_ENOUGH_STARTED, "The last voter cannot be removed: memberId=" + id);
            }
            requireMajority(started(rest), rest.size());
            // A member that does not answer is no part of the majority that works.
            if (answering.contains(id)) {
                long answer = rest.stream()
                        .filter(voter -> answering.contains(voter.id()))
                        .count();
                if (answer < rest.size() / 2 + 1) {
                    throw refused(
                            Reason.UNHEALTHY,
                            "Too few of the other voters answer: answering=" + answer + " of=" + rest.size());
                }
            }
        }
        return member.asRemoved();
    }

    /**
     * Returns the record of a learner that may vote.
     *
     * @param caughtUp whether it is level with the leader
     */
    public MemberRecord promote(MemberId id, boolean caughtUp) {
        MemberRecord member = find(id);
        if (member.kind() != Kind.LEARNER) {
            throw refused(Reason.NOT_A_LEARNER, "The member votes already: memberId=" + id);
        }
        if (!caughtUp) {
            throw refused(Reason.LEARNER_NOT_READY, "The learner is behind, or does not answer: memberId=" + id);
        }
        List<MemberRecord> voters = voters();
        requireMajority(started(voters) + 1, voters.size() + 1);
        return member.asVoter();
    }

    /** Returns the record of a member that may move. */
    public MemberRecord move(MemberId id, String address) {
        MemberRecord member = find(id);
        if (!member.address().equals(address)) {
            requireFree(address);
        }
        return member.withAddress(address);
    }

    private MemberRecord find(MemberId id) {
        return table.member(id)
                .orElseThrow(() -> refused(Reason.MEMBER_NOT_FOUND, "No member has the id: memberId=" + id));
    }

    private void requireFree(String address) {
        if (table.at(address).isPresent()) {
            throw refused(Reason.ADDRESS_EXISTS, "A member has the address: address=" + address);
        }
    }

    private void requireRoomForLearner() {
        long learners = table.members().stream()
                .filter(member -> member.kind() == Kind.LEARNER)
                .count();
        if (learners >= Membership.LEARNERS_MAX) {
            throw refused(
                    Reason.TOO_MANY_LEARNERS,
                    "Promote or remove a learner first: learners=" + learners + " max=" + Membership.LEARNERS_MAX);
        }
    }

    private void requireAllAnswer() {
        for (MemberRecord voter : voters()) {
            if (!answering.contains(voter.id())) {
                throw refused(
                        Reason.UNHEALTHY,
                        "A voter does not answer; start it, or remove it first: memberId=" + voter.id() + " name="
                                + voter.name());
            }
        }
    }

    private static void requireMajority(long started, int voters) {
        if (started < voters / 2 + 1) {
            throw refused(
                    Reason.NOT_ENOUGH_STARTED,
                    "Start the members that were added first: started=" + started + " of=" + voters);
        }
    }

    private List<MemberRecord> voters() {
        return table.members().stream()
                .filter(member -> member.kind() == Kind.VOTER)
                .toList();
    }

    private static long started(List<MemberRecord> voters) {
        return voters.stream().filter(voter -> !voter.name().isEmpty()).count();
    }

    private static MembershipException refused(Reason reason, String facts) {
        return new MembershipException(reason, reason.text() + ": " + facts);
    }
}
